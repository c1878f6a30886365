from __future__ import annotations

from pathlib import Path

from jupyter_envkernels.envs.builder import EnvironmentBuilder
from jupyter_envkernels.envs.discovery import FoundPrefix
from jupyter_envkernels.envs.kernel_ids import Naming
from jupyter_envkernels.envs.locations import Location
from jupyter_envkernels.envs.prefixes import Contents, RawKernel
from jupyter_envkernels.models import Problem, environment_id

PYTHON = RawKernel("python3", {"argv": ["python"], "display_name": "Python 3 (ipykernel)", "language": "python"})
BROKEN = RawKernel("ir", None, Problem("bad-kernelspec", "It is broken."))
FOLDER = Location("/conda/envs", "folder", "a test")


def assembler(template: str = "{name} ({kernel})") -> EnvironmentBuilder:
    return EnvironmentBuilder(Naming("/conda/envs", "/conda"), template, "/home/u", running=("/conda/envs/jupyter",))


def at(prefix: str, location: Location = FOLDER) -> FoundPrefix:
    return FoundPrefix(prefix, prefix, prefix, location)


def test_an_environment() -> None:
    contents = Contents((BROKEN, PYTHON), is_writable=True)
    environment = assembler().environment(at("/conda/envs/lesson"), contents)
    assert environment.id == environment_id(Path("/conda/envs/lesson"))
    assert environment.name == "lesson"
    assert environment.prefix == Path("/conda/envs/lesson")
    assert [kernel.id for kernel in environment.kernels] == ["conda-env-lesson-py", "conda-env-lesson-r"]
    assert [kernel.display_name for kernel in environment.kernels] == ["lesson (Python 3)", "lesson (ir)"]
    assert [kernel.language for kernel in environment.kernels] == ["python", ""]
    assert environment.kernels[1].problem == BROKEN.problem
    assert environment.problem is None
    assert [environment.is_base, environment.is_running, environment.read_only] == [False, False, False]


def test_where_all_kernels_are_broken_so_is_the_environment() -> None:
    assert assembler().environment(at("/conda/envs/lesson"), Contents((BROKEN,))).problem == BROKEN.problem


def test_the_root_prefix_is_base() -> None:
    environment = assembler().environment(at("/conda"), Contents((PYTHON,)))
    assert environment.name == "base"
    assert environment.is_base
    assert environment.kernels[0].id == "conda-base-py"


def test_a_linked_root_prefix_is_base_as_well() -> None:
    environment = assembler().environment(FoundPrefix("/link", "/link", "/conda", FOLDER), Contents((PYTHON,)))
    assert (environment.name, environment.kernels[0].id) == ("base", "conda-base-py")


def test_another_root_prefix_is_a_base_of_its_own_name() -> None:
    environment = assembler().environment(at("/opt/miniforge3"), Contents((PYTHON,), is_root=True))
    assert environment.is_base
    assert environment.name == "miniforge3"
    assert environment.kernels[0].id.startswith("conda-env-miniforge3-")


def test_the_prefix_that_runs_jupyter() -> None:
    assert assembler().environment(at("/conda/envs/jupyter"), Contents()).is_running


def test_shared_ones_are_changed_by_their_administrators_whoever_may_write() -> None:
    def is_read_only(*, is_administered: bool, is_writable: bool) -> bool:
        shared = Location("/shared", "folder", "a test", is_shared=True, is_administered=is_administered)
        return assembler().environment(at("/shared/lesson", shared), Contents(is_writable=is_writable)).read_only

    assert is_read_only(is_administered=False, is_writable=True)
    assert is_read_only(is_administered=True, is_writable=False)
    assert not is_read_only(is_administered=True, is_writable=True)
    assert assembler().environment(at("/conda/envs/x"), Contents(is_writable=False)).read_only


def test_whose_environments_are_shared() -> None:
    def is_shared(contents: Contents, location: Location = FOLDER) -> bool:
        return assembler().environment(at("/conda/envs/lesson", location), contents).is_shared

    assert not is_shared(Contents(is_writable=True))
    assert not is_shared(Contents(is_writable=True, is_frozen=True))
    assert is_shared(Contents(is_writable=False))
    assert is_shared(Contents(is_writable=True), Location("/shared", "folder", "a test", is_shared=True))
    assert not is_shared(Contents(problem=Problem("gone", "It no longer exists.")))


def test_pixi_environments_are_called_after_their_project() -> None:
    names = [
        assembler().environment(at(f"/data/thesis/.pixi/envs/{name}"), Contents()).name for name in ("default", "test")
    ]
    assert names == ["thesis", "thesis:test"]


def test_display_names_are_told_apart_by_location_only_where_needed() -> None:
    prefixes = ["/conda/envs/x", "/home/u/envs/x", "/conda/envs/y"]
    made = [assembler().environment(at(prefix), Contents((PYTHON,))) for prefix in prefixes]
    arranged = assembler().arrange(made)
    assert [environment.kernels[0].display_name for environment in arranged] == [
        "x (Python 3) in /conda/envs",
        "x (Python 3) in ~/envs",
        "y (Python 3)",
    ]
    assert {kernel.id for env in arranged for kernel in env.kernels} == {
        kernel.id for env in made for kernel in env.kernels
    }


def test_a_template_of_the_administrators() -> None:
    made = assembler("{kernel} | {language} | {name} | {location}").environment(
        at("/home/u/envs/x"), Contents((PYTHON,))
    )
    assert made.kernels[0].display_name == "Python 3 | Python | x | ~/envs"


def test_a_template_with_the_fields_of_nb_conda_kernels() -> None:
    made = assembler("{display_name} | {environment} | {kernel_name} | {conda_kernel}").environment(
        at("/conda/envs/x"), Contents((PYTHON,))
    )
    assert made.kernels[0].display_name == "Python 3 (ipykernel) | x | python3 | conda-env-x-py"


def test_order_is_by_name_then_prefix() -> None:
    made = [assembler().environment(at(prefix), Contents()) for prefix in ("/b/X", "/a/x", "/a/M")]
    assert [str(environment.prefix) for environment in assembler().arrange(made)] == ["/a/M", "/a/x", "/b/X"]
