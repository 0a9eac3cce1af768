from pathlib import Path

import pytest

from sorceress_video.runtime.page_build import sources_digest
from sorceress_video.runtime.same_origin import PageBuildError, SameOriginPlugin

BUILT = 'var e={PING:`http://localhost:3000/ping`,EVENT:"ws://localhost:3000/_event",T:`websocket`};'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "sorceress_video/ui/page.py",
        "assets/site.css",
        "rxconfig.py",
        "reflex.lock/package-lock.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    return tmp_path


@pytest.mark.parametrize("name", ["sorceress_video/ui/page.py", "assets/site.css", "rxconfig.py"])
def test_a_changed_source_asks_for_a_build(root: Path, name: str) -> None:
    before = sources_digest(root)
    (root / name).write_text("two")
    assert sources_digest(root) != before


def test_a_new_source_asks_for_a_build(root: Path) -> None:
    before = sources_digest(root)
    (root / "sorceress_video/ui/card.jsx").write_text("new")
    assert sources_digest(root) != before


def test_what_the_build_itself_writes_does_not_ask_for_a_build(root: Path) -> None:
    before = sources_digest(root)
    for name in ("sorceress_video/ui/__pycache__/page.pyc", "assets/external/card.jsx", ".web/index.html"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("made")
    assert sources_digest(root) == before


def test_a_build_talks_to_the_address_that_its_page_came_from(tmp_path: Path) -> None:
    script = tmp_path / "assets" / "reflex-env-abc.js"
    script.parent.mkdir()
    script.write_text(BUILT)
    SameOriginPlugin().post_build(static_dir=tmp_path)
    text = script.read_text()
    assert "localhost" not in text
    assert 'PING:(location.origin+"/ping")' in text
    assert 'EVENT:(location.origin.replace(/^http/,"ws")+"/_event")' in text
    assert "T:`websocket`" in text


def test_a_build_without_its_addresses_is_not_taken_for_good(tmp_path: Path) -> None:
    with pytest.raises(PageBuildError):
        SameOriginPlugin().post_build(static_dir=tmp_path)
