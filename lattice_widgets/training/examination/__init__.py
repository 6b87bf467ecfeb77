"""The second simulator: pictures for the examination alone, drawn by code that shares nothing with the first or with training.

Nothing may be learned from them: no network, no temperature, no threshold, no rule.
"""

from lattice_widgets.training.examination.second_suites import SECOND_SUITES, iter_second, plan_second

__all__ = ["SECOND_SUITES", "iter_second", "plan_second"]
