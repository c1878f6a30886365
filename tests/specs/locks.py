"""Lock files, as pixi and conda-lock write them."""

from __future__ import annotations

from jupyter_envkernels.specs.platforms import current_platform

HERE = current_platform()
LAB = "https://conda.example.org/lab"
TIDES = f"{LAB}/noarch/tides-1.0-py_0.conda"
XZ = f"{LAB}/{HERE}/xz-5.4-h0_0.conda"
WHEEL = "https://pypi.example.org/demo-2.0-py3-none-any.whl"
MD5 = "0123456789abcdef" * 2
SHA256 = "0123456789abcdef" * 4

PIXI = f"""\
version: 6
environments:
  default:
    channels:
    - url: {LAB}/
    packages:
      {HERE}:
      - conda: {TIDES}
      - conda: {XZ}
      - pypi: {WHEEL}
      - pypi: ./code
packages:
- conda: {TIDES}
  sha256: {SHA256}
  md5: {MD5}
  depends: [python]
  size: 1234
- conda: {XZ}
  md5: {MD5}
- pypi: {WHEEL}
  name: demo
  version: '2.0'
  sha256: {SHA256}
- pypi: ./code
  name: code
  version: '0.1'
"""
CONDA_LOCK = f"""\
# generated
version: 1
metadata:
  content_hash:
    {HERE}: abc
  channels:
  - url: {LAB}
    used_env_vars: []
  platforms: [{HERE}]
  sources: [environment.yml]
package:
- name: tides
  version: '1.0'
  manager: conda
  platform: {HERE}
  dependencies: {{python: ''}}
  url: {TIDES}
  hash: {{md5: {MD5}, sha256: {SHA256}}}
  category: main
  optional: false
- name: demo
  version: '2.0'
  manager: pip
  platform: {HERE}
  dependencies: {{}}
  url: {WHEEL}
  hash: {{sha256: {SHA256}}}
  category: main
  optional: false
"""


def conda_entry(name: str, category: str = "category: main", platform: str = HERE) -> str:
    """The text of an entry of a conda-lock.yml."""
    text = CONDA_LOCK[CONDA_LOCK.index("- name: tides") : CONDA_LOCK.index("- name: demo")]
    return text.replace("tides", name).replace("category: main", category).replace(f"m: {HERE}", f"m: {platform}")
