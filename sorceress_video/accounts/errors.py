"""What can go wrong with an account: a code for the machine, a sentence for the person."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "bad_request": "The form could not be read. Reload the page and try again.",
    "bad_credentials": "The e-mail or the password is not right.",
    "too_many_attempts": "Too many attempts. Wait a moment, then try again.",
    "busy": "The server is busy signing people in. Try again in a few seconds.",
    "signed_out": "Sign in first.",
    "name_empty": "Type a name.",
    "name_long": "Use at most 80 characters for the name.",
    "email_invalid": "This is not an e-mail address.",
    "password_short": "Use at least 8 characters.",
    "password_long": "Use at most 128 characters.",
    "password_common": "This password is one of the first that anybody would guess. Choose another one.",
    "password_like_email": "The password must not be your e-mail address.",
    "password_mismatch": "The two passwords are not the same.",
    "wrong_password": "Your present password is not right.",
    "owner_exists": "This workspace already has an owner. Sign in instead.",
    "email_taken": "Somebody signs in with this e-mail already.",
    "invited_other_email": "This invitation is for another e-mail address.",
    "link_unknown": "This link is not known here. Check that you have all of it, or ask for a new one.",
    "link_used": "This link has been used. If that was you, sign in; if not, ask for a new one.",
    "link_expired": "This link has expired. Ask whoever sent it for a new one.",
    "link_revoked": "This link was taken back. Ask whoever sent it for a new one.",
    "registration_closed": "Joining needs an invitation. Ask an admin of this workspace for a link.",
    "too_many_links": "You have 100 open links. Revoke some first.",
    "admins_only": "Only the owner and admins can do this.",
    "owners_only": "Only an owner can do this.",
    "last_owner": "This is the last owner. Make somebody else owner first.",
    "owner_is_pro": "An owner always has Pro.",
    "not_oneself": "You cannot deactivate yourself.",
    "member_unknown": "There is no such member.",
    "member_inactive": "This member is deactivated. Reactivate them first.",
    "choice_unknown": "This is not one of the choices. Reload the page and try again.",
    "amount_invalid": "Type an amount in US dollars from 0 to 1,000,000, such as 25 or 12.50, or nothing.",
    "note_long": "Use at most 500 characters.",
    "provider_unknown": "There is no such provider here. Reload the page and try again.",
    "key_of_server": "This key comes from the server's environment, and can only be changed there.",
    "key_malformed": "This is not a key: it is one line of at most 500 letters, digits and signs.",
    "key_not_sealed": "The key could not be sealed: secret.key in the data folder cannot be read or written.",
    "setup_link_invalid": "This setup link is no longer good. The newest one is in the server's console.",
}


class AccountError(Exception):
    """Something that a person did with an account is refused.

    Attributes:
        code: a key of `SENTENCES`.
        sentence: one sentence that can be shown as it is.
        retry_after: seconds to wait before it makes sense to try again; 0 where waiting does not help.
    """

    def __init__(self, code: str, *, retry_after: float = 0.0) -> None:
        super().__init__(SENTENCES[code])
        self.code = code
        self.sentence = SENTENCES[code]
        self.retry_after = retry_after
