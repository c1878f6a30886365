from __future__ import annotations

from jupyter_envkernels.engine.pip import parse_pip_config, uv_options


def test_the_more_specific_section_wins() -> None:
    config = parse_pip_config(
        [
            "global.index-url='https://global.example/simple'",
            "install.index-url='https://install.example/simple'",
            ":env:.timeout='60'",
            "global.timeout='15'",
            "freeze.timeout='1'",
            "not a setting",
        ]
    )
    assert config == {"index-url": "https://install.example/simple", "timeout": "60"}


def test_every_setting_has_its_counterpart() -> None:
    flags, environ = uv_options(
        {
            "index-url": "https://a.example/simple",
            "extra-index-url": "https://b.example/simple\nhttps://c.example/simple",
            "find-links": "/wheels",
            "trusted-host": "b.example",
            "no-index": "true",
            "pre": "0",
            "cert": "/etc/ssl/campus.pem",
            "proxy": "http://proxy.example:3128",
            "default-timeout": "30",
        }
    )
    assert flags == [
        *("--default-index", "https://a.example/simple"),
        *("--index", "https://b.example/simple"),
        *("--index", "https://c.example/simple"),
        *("--find-links", "/wheels"),
        *("--allow-insecure-host", "b.example"),
        "--no-index",
        *("--index-strategy", "unsafe-best-match"),
    ]
    assert environ["SSL_CERT_FILE"] == "/etc/ssl/campus.pem"
    assert environ["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert environ["UV_HTTP_TIMEOUT"] == "30"


def test_nothing_configured_nothing_told() -> None:
    assert uv_options({}) == ([], {})
