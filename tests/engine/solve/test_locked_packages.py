from __future__ import annotations

import json
from typing import Any

import pytest

from jupyter_envkernels.engine.solve.locked_packages import _planned
from jupyter_envkernels.errors import DownloadFailed
from jupyter_envkernels.models import LockedPackage

URL = "https://me:hunter2@conda.example.org/lab/noarch/tides-1.0-py_0.conda"
INDEX = {"name": "tides", "version": "1.0", "build": "py_0", "noarch": "python", "depends": ["python"], "subdir": None}


def test_the_record_is_what_the_archive_and_the_list_say() -> None:
    package = _planned(LockedPackage(URL, "aa", "bb", 12), INDEX)
    assert (package.name, package.version, package.build) == ("tides", "1.0", "py_0")
    assert (package.url, package.channel, package.subdir) == (URL, URL.rsplit("/", 2)[0], "noarch")
    assert (package.sha256, package.size) == ("bb", 12)
    record = json.loads(package.record)
    assert (record["noarch"], record["depends"]) == ("python", ["python"])
    assert (record["md5"], record["sha256"], record["size"], record["subdir"]) == ("aa", "bb", 12, "noarch")


def test_hashes_that_are_not_known_are_left_out() -> None:
    assert {"md5", "sha256"}.isdisjoint(json.loads(_planned(LockedPackage(URL), INDEX).record))


@pytest.mark.parametrize("index", [None, [], {}, {**INDEX, "name": "waves"}, {**INDEX, "version": "2.0"}])
def test_another_package_than_the_name_says(index: Any) -> None:
    with pytest.raises(DownloadFailed) as refused:
        _planned(LockedPackage(URL), index)
    assert "tides-1.0-py_0.conda is not the package" in refused.value.message
    assert "hunter2" not in refused.value.message
