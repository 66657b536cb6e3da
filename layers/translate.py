"""Print the template as CloudFormation receives it, for cfn-lint.

cfn-lint doesn't see a circular dependency between a function and its role in the SAM form, and
neither does `sam validate --lint`; in the translated form it does. Runs in the environment of
requirements/sam.txt: samtranslator comes with the SAM CLI. Needs AWS_DEFAULT_REGION, no network.
"""

import json
import sys
from pathlib import Path

from samtranslator.translator.transform import (  # type: ignore[import-not-found,unused-ignore]
    transform,
)
from samtranslator.yaml_helper import (  # type: ignore[import-not-found,unused-ignore]
    yaml_parse,
)

# The translator takes uploaded code only. This stands in for what `sam package` fills in.
_UPLOADED = "s3://placeholder-bucket/placeholder-key"
_CODE_PROPERTIES = ("CodeUri", "ContentUri")


class _NoManagedPolicies:
    """The template names no AWS managed policy, so there is no list of them to load."""

    def load(self) -> dict[str, str]:
        return {}


def translate(template: Path) -> str:
    """Return the translated template as JSON. Raises InvalidDocumentException of samtranslator."""
    document = yaml_parse(template.read_text(encoding="utf-8"))
    for resource in document["Resources"].values():
        for name in _CODE_PROPERTIES:
            if name in resource["Properties"]:
                resource["Properties"][name] = _UPLOADED
    return json.dumps(transform(document, {}, _NoManagedPolicies()), indent=2)


if __name__ == "__main__":
    sys.stdout.write(translate(Path(sys.argv[1])) + "\n")
