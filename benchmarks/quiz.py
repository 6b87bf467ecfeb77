"""The quiz: how often geometry, measured from the pixels, agrees with the answers, and how well the network plays.

For each level of the topic "lattice": pictures in which `fit_lattice` names the class that the quiz says is right, what the
network says of the same pictures, and how often it is "not sure" in the topic "network". Also the time to make a question.
"""

import os
import time

import numpy as np

import lattice_widgets as lw
from lattice_widgets.classifier.quiz_opponent import opponent
from lattice_widgets.core.quiz import LEVELS, NOT_SURE, TOPICS, Scene, judge, network_score, question_of

COUNT = 300
SEED = 77


def measured_class(scene: Scene) -> str:
    picture = scene.micrograph()
    try:
        return lw.fit_lattice(picture.image, picture.pixel_size).bravais_type
    except lw.LatticeNotFound:
        return "noise"


def main() -> None:
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    network = opponent(lw.load_classifier().load())
    for level in LEVELS:
        questions = [question_of("lattice", level, SEED, index) for index in range(COUNT)]
        wrong = [q.id for q in questions if measured_class(q.shown[0].scene) != q.answer]
        score = network_score([judge(question, question.answer, network) for question in questions])
        assert score is not None
        print(f"lattice, level {level}: geometry agrees in {COUNT - len(wrong)} of {COUNT} {wrong}; the network is right in "
              f"{score.fraction:.3f}, calibration error {score.calibration_error:.3f}")  # fmt: skip
        asked = [question_of("network", level, SEED, index) for index in range(COUNT // 3)]
        opinions = [network(question.shown[0].scene) for question in asked]
        doubt = np.mean([opinion.label == NOT_SURE for opinion in opinions])
        right = np.mean([o.first == q.lattice_class for o, q in zip(opinions, asked, strict=True)])
        print(f"network, level {level}: not sure of {doubt:.2f}, first class right in {right:.2f} of {len(asked)}")
    for topic in TOPICS:
        start = time.perf_counter()
        for index in range(60):
            for shown in question_of(topic, 1 + index % 3, SEED, 1000 + index).shown:
                shown.pixels()
        print(f"a question of {topic!r} with its pictures: {1000 * (time.perf_counter() - start) / 60:.1f} ms")


if __name__ == "__main__":
    main()
