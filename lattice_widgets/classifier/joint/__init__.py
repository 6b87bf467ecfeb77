"""The joint verdict: what network and geometry say together, with a guarantee."""

from lattice_widgets.classifier.joint.opinions import Opinions, add_network, ask_opinions
from lattice_widgets.classifier.joint.rule import JointRule, find_rule
from lattice_widgets.classifier.joint.verdict import Verdict, ask_network, judge, name_lattice

__all__ = [
    "JointRule", "Opinions", "Verdict", "add_network", "ask_network", "ask_opinions", "find_rule", "judge", "name_lattice",
]  # fmt: skip
