from __future__ import annotations

import pytest

from jupyter_envkernels.engine.messages import machine_lacks, missing_packages, some, tree


def test_all_missing_names_with_the_nearest_there_are() -> None:
    text = missing_packages(["nump", "zzz"], ["numpy", "pandas"])
    assert text == "No channel has a package named nump. Did you mean numpy? No channel has a package named zzz."


REASON = """\
Cannot solve the request because of: The following packages are incompatible
└─ numpy * can be installed with any of the following options:
   ├─ numpy 1.26.4 would require
   │  └─ python 3.12.*
   ├─ numpy 1.26.4 would require
   │  └─ python 3.11.*
   └─ numpy 1.26.4 would require
      └─ python 3.12.*
├─ the constraint numpy 1.26.* cannot be fulfilled
└─ the constraint numpy 1.26.* cannot be fulfilled
"""

TREE = """\
The following packages are incompatible
├─ numpy can be installed with any of the following options:
│  ├─ numpy 1.26.4 would require
│  │  └─ python 3.12.*
│  └─ numpy 1.26.4 would require
│     └─ python 3.11.*
└─ the constraint numpy 1.26.* cannot be fulfilled"""


def test_no_branch_of_the_tree_stands_twice() -> None:
    assert tree(REASON) == TREE


def test_a_long_tree_ends() -> None:
    lines = tree("\n".join(["a", *(f"├─ b {number}" for number in range(100))])).splitlines()
    assert lines[59:] == ["└─ b 58", "... and 41 more lines"]


@pytest.mark.parametrize(
    ("spec", "what", "remedy"),
    [
        ("__cuda >=12.4", "a GPU with CUDA >=12.4, and this machine has none", "CONDA_OVERRIDE_CUDA=12.4."),
        ("__win *", "Windows, and this machine has another system", ""),
        ("__osx >=11", "macOS >=11, and this machine has another system", ""),
        ("__linux >=7", "Linux >=7, and this is 6.1", ""),
        ("__glibc >=9", "the C library glibc >=9, and this machine has 2.36", ""),
        ("__archspec 1 m1", "archspec 1 m1, and this machine does not have it", ""),
    ],
)
def test_what_the_machine_lacks(spec: str, what: str, remedy: str) -> None:
    told = machine_lacks(spec, {"__linux": "6.1", "__glibc": "2.36"})
    assert told[0] == what
    assert told[1].endswith(remedy)


def test_words_in_a_sentence() -> None:
    assert some(["a"]) == "a"
    assert some(["a", "b", "a"], "or") == "a or b"
    assert some(list("abcdefg")) == "a, b, c, d and others"
