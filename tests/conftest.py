"""Property tests have no time limit: a machine that is busy with something else breaks no property."""

from hypothesis import settings

settings.register_profile("dryclose", deadline=None)
settings.load_profile("dryclose")
