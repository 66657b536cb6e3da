"""docs/state-machine.md: the decision tables, asked for every state there is.

``python -m tests.proof.state_machine > docs/state-machine.md`` writes it; a test compares.
"""

import sys

from rotation.rules import old_key
from rotation.rules import slots as slot_rules
from tests.proof import state_machine_of_slots as slots
from tests.proof import state_machine_of_staying, state_machine_with_tasks

_PAGE = """# State machine

Written by `python -m tests.proof.state_machine`, which asks rotation/ for every state; a test
compares. *Abandoned* is the key of an older version without a label, *foreign* one that no version
holds. The first rule that applies decides; a cell has its name or number.

## May this version be rotated?

Every step asks first, for the labels of the event's version. While rotation is off: {off}.

| labels | answer |
|---|---|
{labels}

## Where does the new key go?

The cell is the slot that setSecret sets; *in two*: the new key is there already. AWSCURRENT's
key has logged in; else rule 2 says {not_logged_in}.

{choice_rules}

{choice}

When AWSCURRENT holds no key yet, the rotation admin looks:

{first_rules}

{first}

## Which slot is unset?

By finishSecret, after AWSCURRENT was moved to the new key.

{retirement_rules}

{retirement}

## How long does an old key stay?

Three ask: the hourly run, which reads no key; its errand to the rotation function, which reads no
task; and setSecret, which needs the slot. A cell is empty for a rule that is not asked. A person's
command asks none.

{staying}

## With a grace, or with clusters named

finishSecret unsets nothing then. setSecret replaces the key beside AWSCURRENT's for a rule in
bold; else it says {refusal}. The columns are how long ago AWSCURRENT moved; *unlabelled*
is an older version's.

{replaceable}

The hourly function unsets that key for a rule in bold, else keeps it. *Held*: by a task that may be
from before AWSCURRENT moved.

{retired}

Is a service rolled, after what deployment since AWSCURRENT moved?

| deployment | rollout |
|---|---|
{rollouts}

## One rotation

The states of both slots, whichever is which.

```mermaid
stateDiagram-v2
{diagram}
```
"""


def page() -> str:
    """Return the whole page."""
    return _PAGE.format(
        off=slots.when_off(),
        labels=slots.label_rows(),
        choice_rules=slots.numbered(slot_rules.CHOICE),
        choice=slots.matrix(slots.BEFORE, slots.chosen),
        not_logged_in=slots.not_logged_in(),
        first_rules=slots.numbered(slot_rules.FIRST_CHOICE),
        first=slots.matrix((None, slots.PENDING, slots.FOREIGN), slots.chosen_first),
        retirement_rules=slots.numbered(old_key.RULES),
        retirement=slots.matrix(slots.AFTER, slots.retired),
        diagram=slots.diagram(),
        staying=state_machine_of_staying.rules(),
        refusal=state_machine_of_staying.REFUSAL,
        replaceable=state_machine_of_staying.replaceable(),
        retired=state_machine_with_tasks.retired(),
        rollouts=state_machine_with_tasks.rollouts(),
    )


if __name__ == "__main__":
    sys.stdout.write(page())
