"""Rules that the rendered manifests must keep, beyond what their schema can say.

    python k8s/policy NAME=RENDERED.yaml ...       checks renderings; NAME is base, dev or prod
    python k8s/policy --planted RENDERED.yaml      plants one defect at a time: each must be found
"""

import sys

import pods  # noqa: F401  registers its rules
import surroundings  # noqa: F401  registers its rules
from planted import run_planted
from rendering import RULES, Rendering, faults, read


def main(arguments):
    if arguments[0] == "--planted":
        return run_planted(read(arguments[1]))
    found = 0
    for argument in arguments:
        name, path = argument.split("=", 1)
        for broken, text in faults(Rendering(name, read(path))):
            found += 1
            print(f"{name}: {broken}: {text}")
    print(f"policy: {len(RULES)} rules on {len(arguments)} renderings, {found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
