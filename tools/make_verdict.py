"""Learn the rule of the joint verdict of a bundled network, and write it into the package.

``python tools/make_verdict.py default`` draws the suite and asks both opinions about each picture, some tenths of a second
each, and then learns the rule from their answers, which takes seconds. The answers are kept in ``runs/NAME.verdict.npz``:
with ``--kept`` they are not asked for again. A network that was trained anew needs this before the examination.
"""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Ask, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=("default", "paper"))
    parser.add_argument("--count", type=int, default=4400, help="pictures of the suite [4400]")
    parser.add_argument("--kept", type=Path, help="answers that were kept, instead of asking")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from lattice_widgets.classifier import load_classifier
    from lattice_widgets.classifier.joint.rule import RULES
    from lattice_widgets.training.joint.learning import Learned, gather, learn

    classifier = load_classifier(options.name).load()
    weights = classifier.card.weights_sha256
    if options.kept:
        seen = Learned.load(options.kept, weights)
    else:
        seen = gather(
            classifier, options.count, progress=lambda done, of: print(f"\r{done}/{of} pictures", end="", flush=True)
        )
        (ROOT / "runs").mkdir(exist_ok=True)
        seen.save(ROOT / "runs" / f"{options.name}.verdict.npz", weights)
    card = learn(seen, classifier)
    path = RULES / f"{options.name}.json"
    path.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(f"\nWritten: {path}")
    for group, figures in card["held_out"].items():
        print(f"{group:18s}", figures)


if __name__ == "__main__":
    main()
