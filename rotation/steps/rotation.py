"""Which of the four steps is done. Each observes, decides and acts, and may be repeated any time.

A step takes nothing from an earlier one: labels, values and slots are read again each time.
"""

from rotation.rules.decision import or_raise
from rotation.rules.labels import AlreadyPromoted, check_labels
from rotation.rules.words import Step
from rotation.steps import create_secret, finish_secret, set_secret, test_secret
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport

_ALREADY_PROMOTED = StepReport(decided="the version is AWSCURRENT already")


class Rotation(StepContext):
    """One step of one secret's rotation, with all that it touches."""

    def run(self) -> StepReport:
        """Do the step that the request names. Raises a RotationError."""
        labels = self.versions.labels()
        state = or_raise(check_labels(labels, self.request.version_id))
        promoted = isinstance(state, AlreadyPromoted)
        match self.request.step:
            case Step.CREATE_SECRET:
                return _ALREADY_PROMOTED if promoted else create_secret.run(self, labels)
            case Step.SET_SECRET:
                return _ALREADY_PROMOTED if promoted else set_secret.run(self, labels)
            case Step.TEST_SECRET:
                return test_secret.run(self, labels)
            case Step.FINISH_SECRET:
                finish = finish_secret.resume if promoted else finish_secret.run
                return finish(self, labels)
