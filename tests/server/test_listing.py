"""The listing is true at any time, and written anew only when something has changed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.documents import problem_json
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.usage import Footprints, record_activation, record_start
from jupyter_envkernels.envs.usage_scanner import UsageScanner
from jupyter_envkernels.models import CatalogOptions, Problem
from jupyter_envkernels.server.listing import Listing
from tests.prefixes import age, environ_of, make_prefix


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """One environment, which has not changed for a while."""
    make_prefix(tmp_path / "envs" / "lesson", "python3")
    age(tmp_path / "envs")
    return Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path))


@pytest.fixture
def listing(catalog: Catalog, tmp_path: Path) -> Listing:
    return Listing(catalog, Footprints(tmp_path / "usage"))


def lesson(listing: Listing) -> dict[str, Any]:
    """Its document in the list."""
    (found,) = [one for one in json.loads(listing.text())["environments"] if one["name"] == "lesson"]
    return dict(found)


def test_before_anything_is_known(listing: Listing) -> None:
    found = lesson(listing)
    assert (found["usage"], found["created"], found["last_used"]) == (None, None, None)


def test_what_has_not_changed_is_not_written_again(listing: Listing) -> None:
    assert listing.text() is listing.text()


def test_a_measurement_shows(listing: Listing, catalog: Catalog, tmp_path: Path) -> None:
    listing.text()
    UsageScanner(Footprints(tmp_path / "usage")).measure(catalog.environments())
    usage = lesson(listing)["usage"]
    assert usage.keys() == {"own_bytes", "shared_bytes", "measured"}
    assert usage["own_bytes"] > 0
    assert usage["measured"].startswith(time.strftime("%Y-", time.gmtime()))


def test_a_start_shows_and_changes_no_environment(listing: Listing, catalog: Catalog, tmp_path: Path) -> None:
    before = catalog.environments()
    listing.text()
    record_start(tmp_path / "envs" / "lesson", tmp_path / "usage")
    assert lesson(listing)["last_used"] is not None
    assert catalog.environments() is before


def test_scripts_that_failed_show(listing: Listing, tmp_path: Path) -> None:
    assert lesson(listing)["activation_problems"] == []
    problem = Problem("activation-script", "Failed.", "Correct.")
    record_activation({tmp_path / "envs" / "lesson": [problem]}, tmp_path / "usage")
    assert lesson(listing)["activation_problems"] == [json.loads(json.dumps(problem_json(problem)))]


def test_a_new_environment_shows(listing: Listing, tmp_path: Path) -> None:
    listing.text()
    make_prefix(tmp_path / "envs" / "exam")
    assert "exam" in {one["name"] for one in json.loads(listing.text())["environments"]}


def test_one_is_as_in_the_list(listing: Listing, catalog: Catalog, tmp_path: Path) -> None:
    record_start(tmp_path / "envs" / "lesson", tmp_path / "usage")
    (found,) = [environment for environment in catalog.environments() if environment.name == "lesson"]
    assert json.loads(json.dumps(listing.one(found))) == lesson(listing)


def test_a_path_that_is_not_text(listing: Listing, tmp_path: Path) -> None:
    make_prefix(Path(os.fsdecode(os.fsencode(tmp_path / "envs" / "m") + b"\xfcller")))
    assert len(json.loads(listing.text())["environments"]) >= 2
