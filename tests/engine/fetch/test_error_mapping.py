from __future__ import annotations

import pytest

from jupyter_envkernels import errors
from jupyter_envkernels.engine.fetch.error_mapping import channel_failure, damaged, install_failure


@pytest.mark.parametrize(
    ("text", "kind", "headline"),
    [
        ("failed to link: No space left on device (os error 28)", errors.DiskFull, "No space is left on the disk."),
        ("failed to fetch numpy-2.0-0.conda", errors.DownloadFailed, "The package numpy 2.0 cannot be fetched."),
        (
            "failed to fetch: HTTP status client error (404 Not Found) for url (https://x.example/a/noarch/b-c-1.0-0.conda)",
            errors.DownloadFailed,
            "The package b-c 1.0 cannot be fetched: its channel lists it, but does not have it.",
        ),
        (
            "hash mismatch when extracting https://x.example/a/noarch/b-1.0-0.tar.bz2 to /p: expected 1, got 2",
            errors.DownloadFailed,
            "The package b 1.0 is damaged: its hash is not the one in the channel or in your list.",
        ),
        ("failed to create the prefix: Permission denied", errors.LinkFailed, "The packages cannot be installed."),
    ],
)
def test_kinds_of_install_failures(text: str, kind: type[errors.EnvKernelsError], headline: str) -> None:
    failure = install_failure(text)
    assert type(failure) is kind
    assert (failure.message, failure.problem.explanation) == (headline, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("HTTP status client error (401 Unauthorized) for url (U)", "it requires a login, or refuses the one that"),
        (
            "error sending request for url (U)\ninvalid peer certificate: UnknownIssuer",
            "its certificate is not trusted",
        ),
        ("error sending request for url (U)\nCaused by: dns error", "its host name is not known"),
        ("error sending request for url (U)\nConnection refused (os error 111)", "its server cannot be reached"),
        (
            "HTTP status server error (503 Service Unavailable) for url (U)",
            "its server answers 503 Service Unavailable",
        ),
        ("error (U)\nCaused by: operation timed out", "its server does not answer in time"),
        (
            "failed to download (U)\nCaused by: failed to write to file `/c`: No space left on device",
            "no space is left",
        ),
    ],
)
def test_what_is_wrong_with_a_channel(text: str, reason: str) -> None:
    url = "https://ada:secret@x.example/t/tok-1/pkgs/main/linux-64/repodata.json.zst"
    failure = channel_failure(text.replace("U)", f"{url})"))
    assert failure.message.startswith(f"The channel https://x.example/pkgs/main cannot be read: {reason}")
    assert failure.remedy
    assert "secret" not in failure.message
    assert "tok-1" not in failure.message


@pytest.mark.parametrize(
    "text",
    [
        "could not find subdir 'noarch' in channel 'https://x.example/conda-forge/'",
        "404 (https://x.example/conda-forge)",
    ],
)
def test_a_channel_whose_name_looks_like_a_platform(text: str) -> None:
    assert channel_failure(text).message.startswith("The channel https://x.example/conda-forge cannot be read")


def test_a_channel_that_redirects_to_elsewhere() -> None:
    failure = channel_failure("404 (https://cdn.example/4f2e)", "https://x.example/pkgs/main/")
    assert failure.message.startswith("The channel https://x.example/pkgs/main cannot be read: there is nothing")


def test_a_cache_that_cannot_be_written_to() -> None:
    for reason in ("No such file or directory (os error 2)", "Read-only file system (os error 30)"):
        failure = channel_failure(f"failed to open '/c/1.shards-cache-v1'\nCaused by: {reason}", "https://x.example/a/")
        assert failure.message.startswith(
            "The channel https://x.example/a cannot be read: it cannot be stored in the package cache."
        )
        assert "package_cache" in failure.remedy


def test_what_is_not_known_is_said_in_the_engines_words() -> None:
    failure = channel_failure("strange")
    assert (failure.message, failure.problem.explanation) == ("A channel cannot be read.", "strange")


@pytest.mark.parametrize(
    ("is_listed", "reason", "remedy"),
    [
        (
            False,
            "its channel lists it, but does not have it",
            "Choose another version, or report it to the maintainers",
        ),
        (True, "there is nothing at this address", "Correct the address."),
    ],
)
def test_an_archive_that_is_gone(reason: str, remedy: str, *, is_listed: bool) -> None:
    text = "failed to fetch https://x.example/main/noarch/tool-1.0-0.conda: HTTP status client error (404 Not Found)"
    failure = install_failure(text, is_listed=is_listed)
    assert failure.message.startswith(f"The package tool 1.0 cannot be fetched: {reason}.")
    assert failure.remedy.startswith(remedy)


def test_a_wrong_hash_may_be_that_of_a_list() -> None:
    for failure in (
        damaged("tool 1.0", "https://x.example/t.conda"),
        install_failure("hash mismatch tool-1.0-0.conda"),
    ):
        assert "is damaged: its hash is not the one in the channel or in your list" in failure.message
        assert failure.remedy.startswith("Correct the hash if it is in your list.")


def test_a_proxy_is_named_where_a_server_cannot_be_reached() -> None:
    text = "error sending request for url (http://h/main/noarch/x)\ntcp connect error: Connection refused"
    failure = channel_failure(text, proxy_of=lambda url: "proxy:3128" if url.startswith("http://h/") else "")
    assert failure.message.startswith(
        "The channel http://h/main cannot be read: its server cannot be reached through the proxy proxy:3128."
    )
    assert failure.remedy.startswith("Check conda's proxy_servers")
    assert "proxy" not in channel_failure(text).message
