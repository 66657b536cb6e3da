"""For all tests: Hypothesis looks for wrong answers here, not for slow machines."""

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")
