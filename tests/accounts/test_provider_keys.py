"""Keys of providers that admins enter: kept, sealed, and never stronger than the server's environment."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from sorceress_video.accounts import provider_keys
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.provider_keys import LONGEST_KEY
from sorceress_video.library.provider_keys import KeyRing, in_force, kept
from sorceress_video.library.tables import Account, ProviderKey
from tests.http.workspace import Workspace

KEY = "entered-id:0123456789abcdef0123456789abcdef"


@pytest.fixture
def owner(place: Workspace) -> Account:
    return place.add_account("owner@example.com", role="owner")


def configure(place: Workspace, **environment: str) -> None:
    place.db.close()
    place.configure(**environment)


def keep(owner: Account, key: str = KEY, provider: str = "fal") -> None:
    provider_keys.keep(owner.id, provider, key)


def key_in_force(place: Workspace, provider: str = "fal") -> str | None:
    key = in_force(place.db, place.settings).key_of(provider)
    return key.get_secret_value() if key else None


@pytest.mark.spec("M2")
def test_an_entered_key_opens_its_provider_and_stands_nowhere_in_the_clear(
    place: Workspace, owner: Account
) -> None:
    assert "fal" not in in_force(place.db, place.settings).available_providers
    keep(owner, f"  {KEY}\n")
    assert key_in_force(place) == KEY
    assert in_force(place.db, place.settings).available_providers == {"sandbox", "fal"}
    with place.db.read() as session:
        row = session.exec(select(ProviderKey)).one()
    assert KEY not in row.sealed
    assert KEY[:8] not in repr(row)
    (told,) = kept(place.db, place.settings)
    assert (told.ending, told.set_by, told.opens) == ("cdef", "Ada", True)


def test_the_ending_of_a_short_key_is_not_told(place: Workspace, owner: Account) -> None:
    keep(owner, "short-key")
    assert [key.ending for key in kept(place.db, place.settings)] == [""]


@pytest.mark.spec("M2")
def test_what_the_environment_names_comes_first(place: Workspace, owner: Account) -> None:
    keep(owner)
    configure(place, FAL_KEY="of-the-server")
    assert key_in_force(place) == "of-the-server"
    with pytest.raises(AccountError) as refused:
        keep(owner, "another")
    assert refused.value.code == "key_of_server"


@pytest.mark.parametrize(
    "typed", ["", "   ", "two words", "line\nline", "schlüssel", "x" * (LONGEST_KEY + 1)]
)
def test_what_cannot_be_a_key_is_refused(place: Workspace, owner: Account, typed: str) -> None:
    keep(owner)
    with pytest.raises(AccountError) as refused:
        keep(owner, typed)
    assert refused.value.code == "key_malformed"
    assert key_in_force(place) == KEY


@pytest.mark.parametrize("provider", ["sandbox", "nobody", ""])
def test_only_providers_that_need_a_key_get_one(place: Workspace, owner: Account, provider: str) -> None:
    with pytest.raises(AccountError) as refused:
        keep(owner, provider=provider)
    assert refused.value.code == "provider_unknown"


@pytest.mark.spec("A6")
def test_a_member_neither_enters_nor_removes_a_key(place: Workspace, owner: Account) -> None:
    bea = place.add_account("bea@example.com")
    keep(owner)
    for deed in (lambda: keep(bea, "another"), lambda: provider_keys.remove(bea.id, "fal")):
        with pytest.raises(AccountError) as refused:
            deed()
        assert refused.value.code == "admins_only"
    assert key_in_force(place) == KEY


def test_a_removed_key_is_gone_and_another_one_takes_its_place(place: Workspace, owner: Account) -> None:
    ring = KeyRing(place.db, place.settings)
    assert ring.settings() is place.settings
    keep(owner)
    first = ring.settings()
    assert ring.settings() is first
    keep(owner, "another-key")
    key = ring.settings().key_of("fal")
    assert key is not None
    assert key.get_secret_value() == "another-key"
    provider_keys.remove(owner.id, "fal")
    provider_keys.remove(owner.id, "fal")
    assert ring.settings().key_of("fal") is None


def test_under_another_master_secret_a_key_counts_as_none_and_is_not_lost(
    place: Workspace, owner: Account
) -> None:
    configure(place, SORCERESS_SECRET_KEY="the first secret of this server")
    keep(owner)
    assert not place.settings.secret_file.exists()
    configure(place, SORCERESS_SECRET_KEY="another secret")
    assert key_in_force(place) is None
    assert [key.opens for key in kept(place.db, place.settings)] == [False]
    configure(place, SORCERESS_SECRET_KEY="the first secret of this server")
    assert key_in_force(place) == KEY


def test_a_sealed_key_does_not_open_in_the_place_of_another(place: Workspace, owner: Account) -> None:
    keep(owner)
    with place.db.write() as session:
        row = session.exec(select(ProviderKey)).one()
        session.add(ProviderKey(provider="replicate", sealed=row.sealed, ending=""))
    assert key_in_force(place, "replicate") is None
    assert key_in_force(place) == KEY


def test_the_workspaces_own_secret_is_made_once_and_for_its_owner_alone(
    place: Workspace, owner: Account
) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: keep(owner, f"key-{number}"), range(6)))
    assert (key_in_force(place) or "").startswith("key-")
    mode = place.settings.secret_file.stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in place.folder.rglob(".secret*")] == []


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_master_secret_that_cannot_be_used_refuses_the_key_in_words(
    place: Workspace, owner: Account, content: bytes | None
) -> None:
    file = place.settings.secret_file
    if content is None:
        file.mkdir(parents=True)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    with pytest.raises(AccountError) as refused:
        keep(owner)
    assert refused.value.code == "key_not_sealed"
    assert kept(place.db, place.settings) == []


def test_a_key_outlives_whoever_entered_it(place: Workspace, owner: Account) -> None:
    ben = place.add_account("ben@example.com", role="admin")
    keep(ben)
    with place.db.write() as session:
        session.delete(session.get_one(Account, ben.id))
    assert [key.set_by for key in kept(place.db, place.settings)] == [""]
    assert key_in_force(place) == KEY
