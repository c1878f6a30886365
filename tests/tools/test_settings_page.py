"""docs/settings.md describes the settings that there are."""

from __future__ import annotations

import pytest

from jupyter_envkernels.config import EnvKernels, EnvKernelsTraits
from jupyter_envkernels.kernels.provisioner import EnvKernelProvisioner
from jupyter_envkernels.kernels.specmanager import EnvKernelSpecManager
from tools.settings_page import EXAMPLES, PAGE, page


def test_the_page_is_what_the_traits_give() -> None:
    assert PAGE.read_text() == page(), "make docs-settings"


@pytest.mark.parametrize("name", EnvKernelsTraits.class_own_traits(config=True))
def test_each_help_tells_the_default_and_each_example_can_be_set(name: str) -> None:
    assert " Default: " in EnvKernelsTraits.class_traits()[name].help
    if name in EXAMPLES:
        assert getattr(EnvKernels(**{name: EXAMPLES[name]}), name) == EXAMPLES[name]
    assert EXAMPLES.keys() <= EnvKernelsTraits.class_own_traits(config=True).keys()


@pytest.mark.parametrize("kind", [EnvKernelProvisioner, EnvKernelSpecManager])
def test_other_classes_have_no_settings_of_their_own(kind: type) -> None:
    assert not [
        trait
        for each in kind.__mro__
        if each.__module__.startswith("jupyter_envkernels")
        for trait in vars(each).values()
        if getattr(trait, "metadata", {}).get("config")
    ]
