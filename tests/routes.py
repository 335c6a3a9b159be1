"""Who gets what at every address? Each route of the product stands here with its expectation.

`tests/test_routes_by_role.py` walks them all and fails for a route that is missing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OUT = "out"  # to the log-in, or 401 from the API
ROLES = ("anonymous", "agent", "stranger", "supervisor", "administrator")

Answers = dict[str, int | str]


def answers(**by_role: int | str) -> Answers:
    return {"anonymous": OUT, **by_role}


EVERYBODY = answers(agent=200, stranger=200, supervisor=200, administrator=200)
POSTED = answers(agent=405, stranger=405, supervisor=405, administrator=405)
THE_TEAM = answers(agent=200, stranger=404, supervisor=200, administrator=200)
LEADERS = answers(agent=403, stranger=403, supervisor=200, administrator=200)
ADMINISTRATORS = answers(agent=403, stranger=403, supervisor=403, administrator=200)
ANYBODY = EVERYBODY | {"anonymous": 200}
ONWARDS = answers(agent=302, stranger=302, supervisor=302, administrator=302)
LOG_IN: Answers = ONWARDS | {"anonymous": 200}
LED = answers(agent=405, stranger=405, supervisor=405, administrator=405)
NOBODY = answers(agent=404, stranger=404, supervisor=404, administrator=404)


@dataclass(frozen=True)
class Route:
    """What each role gets for a GET; `parts` name things of the world that fill the address."""

    expected: Answers
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def of(thing: str, expected: Answers = THE_TEAM, **others: str) -> Route:
    """An address under one thing, named by `pk`."""
    return Route(expected, {"pk": thing} | others)


CUSTOMER = {"customer_id": "customer"}
CONTACT = {"interaction_id": "interaction"}

DESK = {
    "console:home": Route(ONWARDS),
    "console:desk": Route(EVERYBODY),
    "console:work": Route(EVERYBODY),
    "console:waiting": Route(EVERYBODY),
    "console:search": Route(EVERYBODY, query={"q": "ada"}),
    "console:presence": Route(EVERYBODY),
    "console:contact": of("interaction"),
    "console:closure": of("interaction"),
    "console:customer": of("customer"),
    "console:linking": of("customer"),
    "customers:circumstances": of("customer"),
    "customers:law": Route(LEADERS),
    "console:caller": Route(NOBODY, {"pk": "=1"}),
}
PANELS = {
    "interactions:timeline": Route(THE_TEAM, CUSTOMER),
    "interactions:opening": Route(THE_TEAM, CUSTOMER),
    "interactions:conversation": of("interaction"),
    "interactions:notes": of("interaction", POSTED),
    "interactions:reason": of("interaction"),
    "interactions:taking": of("interaction", POSTED),
    "service:requests": Route(THE_TEAM, CUSTOMER),
    "service:opening": Route(THE_TEAM, CUSTOMER),
    "service:promising": Route(THE_TEAM, CUSTOMER),
    "service:request": of("request"),
    "service:progress": of("request", POSTED),
    "service:ownership": of("request", POSTED),
    "service:promise": of("promise"),
    "service:keeping": of("promise", POSTED),
    "service:withdrawal": of("promise", POSTED),
    "service:at_risk": Route(EVERYBODY),
    "service:warning": of("warning"),
    "service:warning_begin": of("warning", POSTED),
    "service:warning_call": of("warning", POSTED),
    "service:warning_answer": of("warning", POSTED),
    "service:warning_draft": of("warning", POSTED),
    "service:warning_telling": of("warning", POSTED),
    "service:warning_of_contact": of("interaction"),
    "needs:needs": Route(THE_TEAM, CUSTOMER),
    "needs:stating": Route(THE_TEAM, CUSTOMER),
    "needs:answering": Route(POSTED, CONTACT),
    "needs:settlement": of("need"),
    "needs:reading": Route(POSTED, CONTACT),
    "needs:suggestions": Route(THE_TEAM, CONTACT),
    "needs:confirmation": of("suggestion", POSTED),
    "needs:correction": of("suggestion"),
    "needs:rejection": of("suggestion", POSTED),
    "offers:ways": Route(THE_TEAM, CONTACT),
    "offers:others": Route(THE_TEAM, CONTACT),
    "offers:decision": Route(POSTED, CONTACT),
    "offers:settlement": Route(POSTED, CONTACT),
    "offers:why": Route(NOBODY, CONTACT | {"code": "product"}),
    "offers:answers": Route(NOBODY, CONTACT | {"code": "product"}),
    "offers:outcome": Route(POSTED, CONTACT | {"code": "product"}),
    "offers:taking_back": Route(POSTED, CONTACT | {"code": "product"}),
    "offers:elsewhere_ending": Route(POSTED, CONTACT | {"code": "product"}),
    "followups:list": Route(LEADERS),
    "followups:figures": Route(LEADERS),
    "followups:steering": Route(LED),
    "followups:pause": of("policy", LED),
    "followups:resume": of("policy", LED),
    "followups:reply_look": Route(LED, {"pk": "=0"}),
    "followups:history": of(
        "follow_up", answers(agent=403, stranger=403, supervisor=200, administrator=200)
    ),
    "followups:owed": of("follow_up"),
    "followups:begin": of("follow_up", POSTED),
    "followups:call": of("follow_up", POSTED),
    "followups:draft": of("follow_up", POSTED),
    "followups:foretold": of("follow_up", POSTED),
    "followups:call_back": of("follow_up"),
    "followups:answers": of("follow_up", POSTED),
    "followups:outcome": of("follow_up", POSTED),
    "followups:ownership": of("follow_up", POSTED),
    "followups:confirmations": Route(EVERYBODY),
    "followups:reviews": Route(EVERYBODY),
    "followups:review": of("review"),
    "followups:review_begin": of("review", POSTED),
    "followups:review_call": of("review", POSTED),
    "followups:review_of_contact": Route(THE_TEAM, {"call_id": "interaction"}),
    "followups:review_settlement": of("review", POSTED),
    "followups:policies": Route(LEADERS),
    "followups:policy": of("policy", LEADERS),
    "followups:policy_new": Route(ADMINISTRATORS),
    "followups:policy_preview": Route(POSTED),
    "followups:policy_publication": Route(POSTED),
    "followups:policy_step": of("policy", POSTED),
    "followups:policy_versions": Route(LEADERS),
    "followups:policy_restoration": Route(POSTED, {"number": "=1"}),
    "followups:script": Route(THE_TEAM, {"call_id": "call"}),
}
CALLING = {
    "routing:phone": Route(EVERYBODY),
    "routing:life": Route(POSTED),
    "routing:connection": Route(POSTED, {"key": "=leg"}),
    "routing:refusal": Route(POSTED, {"key": "=leg"}),
    "routing:ending": Route(POSTED),
    "routing:hold": Route(POSTED),
    "routing:digits": Route(POSTED),
    "routing:consultation": Route(POSTED),
    "routing:handover": Route(POSTED),
    "routing:return": Route(POSTED),
    "routing:call_backs": Route(EVERYBODY),
    "routing:call_back": Route(NOBODY, {"pk": "=1"}),
    "routing:call_back_call": Route(POSTED, {"pk": "=1"}),
    "routing:call_back_settled": Route(POSTED, {"pk": "=1"}),
    "routing:caller": Route(POSTED, {"pk": "=1"} | CUSTOMER),
    "routing:somebody_else": Route(POSTED, {"pk": "=1"}),
    "routing:board": Route(LEADERS),
    "routing:availability": of("colleague", POSTED),
    "routing:listening": Route(POSTED, {"pk": "=1"}),
    "routing:leaving": Route(POSTED, {"pk": "=1"}),
    "routing:recording": Route(POSTED),
    "routing:recording_word": Route(POSTED, {"pk": "=1"}),
    "routing:recordings": of("interaction", LEADERS),
    "routing:hearing": Route(POSTED, {"pk": "=1"}),
    "routing:sound": Route(
        answers(agent=403, stranger=403, supervisor=404, administrator=404), {"pk": "=1"}
    ),
}
PUBLIC_POSTED = POSTED | {"anonymous": 405}
PORTAL = {
    "portal:call_us": Route(ANYBODY),
    "portal:calls": Route(PUBLIC_POSTED),
    "handset:phones": Route(ANYBODY),
    **{
        f"handset:{name}": Route(NOBODY | {"anonymous": 404}, {"token": "=forged"})
        for name in ("phone", "state")
    },
    **{
        f"handset:{name}": Route(POSTED | {"anonymous": 405}, {"token": "=forged"})
        for name in ("calls", "connection", "ending")
    },
    "portal:state": Route(NOBODY | {"anonymous": 404}, {"token": "=forged"}),
    "portal:connection": Route(PUBLIC_POSTED, {"token": "=forged"}),
    "portal:ending": Route(PUBLIC_POSTED, {"token": "=forged"}),
    "portal:call_back": Route(PUBLIC_POSTED, {"token": "=forged"}),
}
# A customer's own: the token opens it, and nobody logs in.
LINKS = {
    f"link:{name}": Route(NOBODY | {"anonymous": 404}, {"token": "=forged"})
    for name in ("page", "stop")
} | {"inbox:inbox": Route(ANYBODY), "inbox:reply": Route(PUBLIC_POSTED)}
OF_A_CALL = {"key": "=00000000-0000-0000-0000-000000000000"}
OF_A_LEG = OF_A_CALL | {"leg": "=leg"}
ASKED_OF_A_LEG = OF_A_LEG | {"asked": "=asked"}
OF_A_QUESTION = ASKED_OF_A_LEG | {"step": "=0", "attempt": "=1"}
# For the provider alone: a signature opens them, a log-in does not.
TELEPHONY = {
    "telephony:arrived": Route(PUBLIC_POSTED),
    "telephony:leg_told": Route(PUBLIC_POSTED, OF_A_LEG),
    "telephony:answered_by": Route(PUBLIC_POSTED, OF_A_LEG),
    "telephony:conference_told": Route(PUBLIC_POSTED, OF_A_CALL),
    "telephony:together": Route(PUBLIC_POSTED, OF_A_LEG),
    "telephony:prompts": Route(PUBLIC_POSTED, ASKED_OF_A_LEG),
    "telephony:said": Route(PUBLIC_POSTED, ASKED_OF_A_LEG),
    "telephony:question": Route(PUBLIC_POSTED, OF_A_QUESTION),
    "telephony:answer": Route(PUBLIC_POSTED, OF_A_QUESTION),
    "telephony:questions_done": Route(PUBLIC_POSTED, ASKED_OF_A_LEG),
    "messaging:replied_to": Route(PUBLIC_POSTED),
    "messaging:told": Route(PUBLIC_POSTED, OF_A_CALL),
    "telephony:sound": Route(NOBODY | {"anonymous": 404}, {"name": "=forged"}),
}
LEADING = {
    "insights:retention": Route(LEADERS),
    "insights:records": Route(LEADERS, {"key": "=lost"}),
    "insights:export": Route(POSTED, {"key": "=lost"}),
    "insights:served": Route(EVERYBODY),
    "insights:served_group": Route(EVERYBODY, {"group": "=retained"}),
}
POSTED_BY_ADMINISTRATORS = ADMINISTRATORS | {"administrator": 405}
OF_A_RELEASE = {"pk": "release"}
OF_A_PRODUCT = {"code": "product"}
CATALOGUE = {
    "catalogue:home": Route(ADMINISTRATORS),
    "catalogue:proposal": Route(POSTED_BY_ADMINISTRATORS),
    "catalogue:release": Route(ADMINISTRATORS, OF_A_RELEASE),
    "catalogue:review": Route(POSTED_BY_ADMINISTRATORS, OF_A_RELEASE),
    "catalogue:step": Route(POSTED_BY_ADMINISTRATORS, OF_A_RELEASE),
    "catalogue:back": Route(POSTED_BY_ADMINISTRATORS, OF_A_RELEASE),
    "catalogue:simulation": Route(POSTED_BY_ADMINISTRATORS, OF_A_RELEASE),
    "catalogue:progress": Route(ADMINISTRATORS, {"pk": "simulation"}),
    "catalogue:cancellation": Route(POSTED_BY_ADMINISTRATORS, {"pk": "simulation"}),
    "catalogue:restoration": Route(POSTED_BY_ADMINISTRATORS, {"number": "=1"}),
    "catalogue:product": Route(ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:rules": Route(POSTED_BY_ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:seen": Route(POSTED_BY_ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:funnel": Route(POSTED_BY_ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:lever": Route(ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:policy_test": Route(POSTED_BY_ADMINISTRATORS, OF_A_PRODUCT),
    "catalogue:retirement": Route(POSTED_BY_ADMINISTRATORS, {"pk": "policy_test"}),
    "catalogue:sheet": Route(ADMINISTRATORS, {"name": "=rules"}),
    "catalogue:file": Route(ADMINISTRATORS, {"name": "=rules"}),
}
WORDS = {
    "needs:examples": Route(ADMINISTRATORS),
    "needs:label": Route(POSTED_BY_ADMINISTRATORS, {"pk": "=1"}),
    "needs:removal": Route(POSTED_BY_ADMINISTRATORS, {"pk": "=1"}),
    "needs:versions": Route(ADMINISTRATORS),
    "needs:restoration": Route(POSTED_BY_ADMINISTRATORS, {"number": "=1"}),
    "needs:unknown": Route(ADMINISTRATORS),
    "needs:new_need_type": Route(POSTED_BY_ADMINISTRATORS),
    "needs:dismissal": Route(POSTED_BY_ADMINISTRATORS),
}
LEARNING = {
    "fairness:fairness": Route(ADMINISTRATORS),
    "fairness:auditing": Route(POSTED),
    "fairness:audit": of("fairness_audit", ADMINISTRATORS),
    "learning:learning": Route(ADMINISTRATORS),
    "learning:freezing": Route(POSTED_BY_ADMINISTRATORS),
    "learning:thawing": Route(POSTED_BY_ADMINISTRATORS),
    "learning:shares": Route(POSTED_BY_ADMINISTRATORS),
    "learning:returning": Route(POSTED_BY_ADMINISTRATORS, {"number": "=1"}),
}
ACCOUNT = {
    "account_login": Route(LOG_IN),
    "account_logout": Route(EVERYBODY),
    "account_inactive": Route(ANYBODY),
    "account_signup": Route(LOG_IN),
    "account_reauthenticate": Route(EVERYBODY),
    "account_email": Route(EVERYBODY),
    "account_email_verification_sent": Route(ANYBODY),
    "account_change_password": Route(EVERYBODY),
    "account_set_password": Route(ONWARDS),
    "account_reset_password": Route(ANYBODY),
    "account_reset_password_done": Route(ANYBODY),
    "account_reset_password_from_key_done": Route(ANYBODY),
    "account_reset_password_from_key": Route(ANYBODY, {"uidb36": "=1", "key": "=set-x"}),
    "account_confirm_login_code": Route(ONWARDS | {"anonymous": 302}),
    "account_confirm_email": Route(ANYBODY, {"key": "=x"}),
    "mfa_index": Route(EVERYBODY),
    "mfa_authenticate": Route(ONWARDS | {"anonymous": 302}),
    "mfa_reauthenticate": Route(ONWARDS),
    "mfa_activate_totp": Route(ONWARDS),
    "mfa_deactivate_totp": Route(NOBODY),
    "mfa_view_recovery_codes": Route(NOBODY),
    "mfa_generate_recovery_codes": Route(ONWARDS),
    "mfa_download_recovery_codes": Route(NOBODY),
}
API = {
    "api-schema": Route(ANYBODY),
    "api-customers-list": Route(EVERYBODY),
    "api-customers-search": Route(EVERYBODY, query={"text": "ada"}),
    "api-customers-detail": of("customer"),
    "api-customers-consents": of("customer"),
    "api-customers-contact-points": of("customer"),
    "api-customers-holdings": of("customer"),
    "api-interactions-list": Route(EVERYBODY),
    "api-interactions-detail": of("interaction"),
    "api-interactions-notes": of("interaction", POSTED),
    "api-interactions-reason": of("interaction", POSTED),
    "api-interactions-taking": of("interaction", POSTED),
    "api-discovery-answers-discovery-answers": of("interaction", POSTED),
    "api-need-suggestions-need-suggestions": of("interaction"),
    "api-ways-to-help-ways-to-help": of("interaction"),
    "api-ways-to-help-why-not": Route(THE_TEAM, {"pk": "interaction"}, {"product": "saver-plus"}),
    "api-ways-to-help-reason-settlement": of("interaction", POSTED),
    "api-ways-to-help-closure": of("interaction", POSTED),
    "api-ways-to-help-acceptance": of("interaction", POSTED, code="product"),
    "api-ways-to-help-already-has": of("interaction", POSTED, code="product"),
    "api-ways-to-help-decline": of("interaction", POSTED, code="product"),
    "api-ways-to-help-later": of("interaction", POSTED, code="product"),
    "api-ways-to-help-not-relevant": of("interaction", POSTED, code="product"),
    "api-ways-to-help-taking-back": of("interaction", POSTED, code="product"),
    "api-ways-to-help-would-need": of("interaction", POSTED, code="product"),
    "api-needs-list": Route(EVERYBODY),
    "api-needs-detail": of("need"),
    "api-needs-settlement": of("need", POSTED),
    "api-offers-list": Route(EVERYBODY),
    "api-offers-detail": of("offer"),
    "api-service-requests-list": Route(EVERYBODY),
    "api-service-requests-detail": of("request"),
    "api-service-requests-ownership": of("request", POSTED),
    "api-service-requests-steps": of("request"),
    "api-promises-list": Route(EVERYBODY),
    "api-promises-detail": of("promise"),
    "api-promises-keeping": of("promise", POSTED),
    "api-promises-withdrawal": of("promise", POSTED),
    "api-follow-ups-list": Route(EVERYBODY),
    "api-follow-ups-detail": of("follow_up"),
    "api-follow-ups-answers": of("follow_up", POSTED),
    "api-follow-ups-attempts": of("follow_up", POSTED),
}
REFUSED = answers(agent=302, stranger=302, supervisor=302, administrator=200)
ADMINISTRATION = {
    "admin:index": Route(REFUSED),
    "admin:login": Route(answers(agent=403, stranger=403, supervisor=403, administrator=302)),
    "admin:logout": Route(answers(agent=302, stranger=302, supervisor=302, administrator=405)),
    "admin:password_change": Route(REFUSED),
    "admin:password_change_done": Route(REFUSED),
    "admin:autocomplete": Route(REFUSED | {"administrator": 403}),
    "admin:jsi18n": Route(REFUSED),
    "admin:auth_user_password_change": Route(REFUSED, {"id": "colleague"}),
    "admin:app_list": Route(REFUSED, {"app_label": "=needs"}),
    "admin:view_on_site": Route(
        REFUSED | {"administrator": 404}, {"content_type_id": "=0", "object_id": "=0"}
    ),
}
# What the administration answers for each kind of page of a model; it registers them itself.
ADMINISTRATION_OF_A_MODEL = {
    "changelist": Route(REFUSED),
    "add": Route(REFUSED),
    "change": Route(REFUSED, {"object_id": "row"}),
    "history": Route(REFUSED, {"object_id": "row"}),
    "delete": Route(REFUSED, {"object_id": "row"}),
}
# Pages of the administration that even administrators do not get: what is kept for good.
KEPT_FOR_GOOD = frozenset(
    {
        "accounts_user_delete",
        "accounts_team_delete",
        "accounts_auditentry_add",
        "accounts_auditentry_delete",
        "products_product_delete",
        "products_productcategory_delete",
        "products_catalogueversion_add",
        "products_catalogueversion_delete",
        "offers_contactpolicy_add",
        "offers_contactpolicy_delete",
        "offers_declinereason_delete",
        "interactions_contactreason_delete",
        "interactions_wrapupcode_delete",
        "service_requesttype_delete",
        "needs_needtype_delete",
        "needs_discoveryquestion_delete",
        "routing_queue_delete",
        "telephony_callerid_delete",
    }
)

ROUTES: dict[str, Route] = {
    **DESK,
    **PANELS,
    **CALLING,
    **PORTAL,
    **LINKS,
    **TELEPHONY,
    **LEADING,
    **CATALOGUE,
    **WORDS,
    **LEARNING,
    **ACCOUNT,
    **API,
    **ADMINISTRATION,
}
