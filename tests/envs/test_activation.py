from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from rattler import Subdir
from rattler.shell import ActivationVariables, PathModificationBehavior, Shell, activate

from jupyter_envkernels.envs.activation import activated_environ, default_env
from jupyter_envkernels.envs.conda_config.condarc import Settings
from tests.channel.install import create_environment
from tests.prefixes import add_program, environ_of, make_prefix

SERVER = Path("/opt/server")


@pytest.fixture(scope="session")
def scripted(channel_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the activation scripts and variables of a real package, in a difficult place."""
    folder = tmp_path_factory.mktemp("activation")
    prefix = folder / "envs/wïth space"
    channels = [(channel_root / "main").as_uri()]
    create_environment(prefix, channels=channels, specs=["activate-demo"], cache=folder / "cache")
    return prefix


def set_state(prefix: Path, **variables: str) -> None:
    (prefix / "conda-meta/state").write_text(json.dumps({"version": 1, "env_vars": variables}))


def test_what_conda_activate_sets(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson")
    environ = environ_of(tmp_path, LANG="C.UTF-8")
    assert activated_environ(prefix, environ, server=SERVER) == {
        **environ,
        "PATH": f"{prefix}/bin:/usr/bin:/bin",
        "CONDA_PREFIX": str(prefix),
        "CONDA_SHLVL": "1",
        "CONDA_DEFAULT_ENV": "lesson",
        "CONDA_PROMPT_MODIFIER": "(lesson) ",
    }


def test_what_it_sets_beside_an_installation(tmp_path: Path) -> None:
    root = make_prefix(tmp_path / "conda")
    (root / "condabin").mkdir()
    add_program(root, "conda")
    settings = Settings(root_prefix=root)
    environ = environ_of(tmp_path)
    found = activated_environ(root / "envs/x", environ, settings=settings, server=SERVER)
    assert found["PATH"] == f"{root}/envs/x/bin:{root}/condabin:/usr/bin:/bin"
    assert found["CONDA_EXE"] == f"{root}/bin/conda"
    assert found["CONDA_PYTHON_EXE"] == f"{root}/bin/python"
    has_one = environ_of(tmp_path, PATH="/x/condabin:/bin")
    assert activated_environ(root, has_one, settings=settings, server=SERVER)["PATH"] == f"{root}/bin:/x/condabin:/bin"


def test_default_env() -> None:
    assert default_env(Path("/conda"), Path("/conda")) == "base"
    assert default_env(Path("/any/envs/x"), Path("/conda")) == "x"
    assert default_env(Path("/any/x"), None) == "/any/x"


def test_variables_of_the_environment(tmp_path: Path) -> None:
    """Values stay as written: a shell would expand or run parts of them."""
    prefix = make_prefix(tmp_path / "env")
    (prefix / "etc/conda/env_vars.d").mkdir(parents=True)
    (prefix / "etc/conda/env_vars.d/a.json").write_text('{"FROM_PACKAGE": "p", "BOTH": "package"}')
    (prefix / "etc/conda/env_vars.d/broken.json").write_text("[")
    set_state(prefix, BOTH="state", lower="l", PATH="/bad", GONE="***unset***", CODE="a 'q' $HOME $(touch pwned)")
    environ = environ_of(tmp_path, BOTH="outer")
    found = activated_environ(prefix, environ, server=SERVER)
    expected = {"FROM_PACKAGE": "p", "BOTH": "state", "LOWER": "l", "CODE": "a 'q' $HOME $(touch pwned)"}
    assert {name: found.get(name) for name in expected} == expected
    assert found["__CONDA_SHLVL_0_BOTH"] == "outer"
    assert "GONE" not in found
    assert found["PATH"].startswith(f"{prefix}/bin:")
    as_written = activated_environ(prefix, environ, settings=Settings(envvars_force_uppercase=False), server=SERVER)
    assert as_written["lower"] == "l"


def test_what_cannot_be_a_variable_is_left_out(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    set_state(prefix, **{"": "x", "A=B": "x", "NUL": "a\0b", "EQUALS": "a=b"})
    found = activated_environ(prefix, environ_of(tmp_path), server=SERVER)
    assert found["EQUALS"] == "a=b"
    assert not {"", "A=B", "NUL"} & set(found)


@pytest.mark.parametrize(("prompt", "expected"), [("[{name}] ", "[env] "), ("{nothing}", ""), ("{", "")])
def test_the_prompt(tmp_path: Path, prompt: str, expected: str) -> None:
    prefix = make_prefix(tmp_path / "env")
    settings = Settings(env_prompt=prompt)
    found = activated_environ(prefix, environ_of(tmp_path), settings=settings, server=SERVER)
    assert found["CONDA_PROMPT_MODIFIER"] == expected


def test_nothing_of_the_servers_own_environment_leaks_in(tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "env")
    clean = environ_of(tmp_path, PYTHONPATH="/mine:/also/mine")
    leaking = {
        **clean,
        "PATH": f"/venv/bin:/conda/envs/jupyter/bin:{clean['PATH']}",
        "CONDA_PREFIX": "/conda/envs/jupyter",
        "CONDA_PREFIX_1": "/conda",
        "CONDA_SHLVL": "2",
        "CONDA_DEFAULT_ENV": "jupyter",
        "CONDA_STACKED_2": "true",
        "__CONDA_SHLVL_1_X": "x",
        "VIRTUAL_ENV": "/venv",
        "VIRTUAL_ENV_PROMPT": "venv",
        "PYTHONHOME": "/opt/server",
        "PYTHONPATH": "/mine:/opt/server/lib/python3/site-packages::/venv/lib:/also/mine",
        "PIXI_PROJECT_ROOT": "/project",
        "PIXI_IN_SHELL": "1",
    }
    assert activated_environ(prefix, leaking, server=SERVER) == activated_environ(prefix, clean, server=SERVER)


def test_scripts_of_a_package_are_those_that_py_rattler_runs(scripted: Path, tmp_path: Path) -> None:
    """Another implementation of the same rules, on a package that conda's own tools made."""
    environ = environ_of(tmp_path)
    variables = ActivationVariables(None, environ["PATH"].split(":"), PathModificationBehavior.Replace)
    plain = Path("/", *scripted.parts[1:-1], "plain")
    plain.symlink_to(scripted)  # py-rattler does not quote
    script = activate(plain, variables, Shell.bash, Subdir.current()).script
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", f"{script}\n/usr/bin/env -0"],
        env=environ,
        capture_output=True,
        check=True,
    )
    theirs = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)
    for name in ("_", "SHLVL", "PWD", "OLDPWD"):
        theirs.pop(name, None)
    ours = activated_environ(plain, environ, server=SERVER)
    assert ours["LAB_ACTIVATED"] == f"yes-{plain}"
    assert {**theirs, "CONDA_DEFAULT_ENV": "plain", "CONDA_PROMPT_MODIFIER": "(plain) "} == ours
    plain.unlink()


def test_a_prefix_in_a_difficult_place(scripted: Path, tmp_path: Path) -> None:
    found = activated_environ(scripted, environ_of(tmp_path), server=SERVER)
    assert found["LAB_ACTIVATED"] == f"yes-{scripted}"
    assert found["LAB_QUOTE"] == 'a "b" $c'
    assert found["LAB_MULTI"] == "line1\nline2"
    assert found["LAB_PREFIX_BAKED"] == f"{scripted}/share"
    assert found["LAB_ENV_VARS_D"] == "from-env_vars.d"


def test_the_servers_environment_is_left_by_its_own_scripts(scripted: Path, tmp_path: Path) -> None:
    clean = environ_of(tmp_path)
    prefix = make_prefix(tmp_path / "env")
    active = activated_environ(scripted, clean, server=SERVER)
    assert activated_environ(prefix, active, server=SERVER) == activated_environ(prefix, clean, server=SERVER)


def test_it_can_be_activated_over_itself(scripted: Path, tmp_path: Path) -> None:
    once = activated_environ(scripted, environ_of(tmp_path), server=SERVER)
    assert activated_environ(scripted, once, server=SERVER) == once
