"""Triggers that mark the days whose figures a change of raw rows makes out of date.

Statement triggers see inserts and deletes whole, so that a bulk load costs one look; updates
fire for single rows and only when a column that counts has changed, so that notes saved while
typing cost nothing. docs/adr says why triggers and not the verbs.
"""

from __future__ import annotations

from django.conf import settings
from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION insights_day(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (at AT TIME ZONE coalesce(
        (SELECT time_zone FROM insights_rollup WHERE id = 1), '{time_zone}'
    ))::date
$$;

-- Contacts that this one may have made "come back within 7 days": about the same, and before it.
CREATE FUNCTION insights_mark_come_back(
    customer bigint, reason bigint, opened timestamptz, is_asked boolean
) RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'contacts', insights_day(closed_at) FROM interactions_interaction
    WHERE is_asked AND customer_id = customer AND contact_reason_id = reason
      AND opened_at <= opened AND closed_at >= opened - interval '7 days'
$$;

-- Records of the customers on days from a to b: what they held then has changed.
CREATE FUNCTION insights_mark_held(customers bigint[], a date, b date)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT source, day FROM (
        SELECT s.source, insights_day(closed_at) AS day
        FROM interactions_interaction CROSS JOIN (VALUES ('contacts'), ('saves')) AS s (source)
        WHERE customer_id = ANY(customers) AND closed_at IS NOT NULL
        UNION ALL
        SELECT s.source, insights_day(answered_at)
        FROM followups_followup CROSS JOIN (VALUES ('answers'), ('advocates')) AS s (source)
        WHERE customer_id = ANY(customers) AND answered_at IS NOT NULL
        UNION ALL
        SELECT 'follow_ups', insights_day(due_at) FROM followups_followup
        WHERE customer_id = ANY(customers)
        UNION ALL
        SELECT 'needs', insights_day(settled_at) FROM needs_need
        WHERE customer_id = ANY(customers) AND settled_at IS NOT NULL
    ) AS records WHERE day BETWEEN a AND b
$$;

CREATE FUNCTION insights_mark_advocates(customers bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'advocates', insights_day(answered_at) FROM followups_followup
    WHERE customer_id = ANY(customers) AND answered_at IS NOT NULL
$$;

-- Who came, stayed or left: one holding may change what all others of the customer mean.
CREATE FUNCTION insights_mark_holdings(customers bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'holdings', day
    FROM customers_holding CROSS JOIN LATERAL unnest(ARRAY[opened_on, cancelled_on]) AS day
    WHERE customer_id = ANY(customers) AND day IS NOT NULL
    UNION ALL
    SELECT DISTINCT 'saves', insights_day(contact.closed_at)
    FROM interactions_interaction AS contact
    JOIN interactions_contactreason AS reason ON reason.id = contact.contact_reason_id
    WHERE contact.customer_id = ANY(customers) AND contact.closed_at IS NOT NULL
      AND reason.intent = 'cancel';
    SELECT insights_mark_advocates(customers)
$$;

CREATE FUNCTION insights_mark_everything(customers bigint[]) RETURNS void LANGUAGE sql AS $$
    SELECT insights_mark_held(customers, '-infinity', 'infinity');
    SELECT insights_mark_holdings(customers);
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'promises', insights_day(due_at) FROM service_promise
    WHERE customer_id = ANY(customers)
    UNION ALL
    SELECT DISTINCT 'requests', insights_day(resolved_at) FROM service_servicerequest
    WHERE customer_id = ANY(customers) AND resolved_at IS NOT NULL
$$;

-- Contacts whose needs tell whether somebody was saved.
CREATE FUNCTION insights_mark_saves(contacts bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'saves', insights_day(closed_at) FROM interactions_interaction
    WHERE id = ANY(contacts) AND closed_at IS NOT NULL
$$;

CREATE FUNCTION insights_mark_days(sources text[], moments timestamptz[])
RETURNS void LANGUAGE sql AS $$
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT source, insights_day(moment)
    FROM unnest(moments) AS moment CROSS JOIN unnest(sources) AS source
    WHERE moment IS NOT NULL
$$;

CREATE FUNCTION insights_contacts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closings timestamptz[];
BEGIN
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'contacts', insights_day(earlier.closed_at)
    FROM changed JOIN interactions_interaction AS earlier
      ON earlier.customer_id = changed.customer_id
     AND earlier.contact_reason_id = changed.contact_reason_id
     AND earlier.opened_at <= changed.opened_at
     AND earlier.closed_at >= changed.opened_at - interval '7 days'
    WHERE changed.direction = 'inbound' AND NOT changed.is_follow_up;
    SELECT array_agg(DISTINCT closed_at) INTO closings FROM changed WHERE closed_at IS NOT NULL;
    IF closings IS NOT NULL THEN
        PERFORM insights_mark_days('{{contacts,saves}}', closings);
    END IF;
    RETURN NULL;
END $$;

-- What a wrap-up changes says nothing of earlier contacts.
CREATE FUNCTION insights_contact_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.customer_id, OLD.contact_reason_id, OLD.opened_at, OLD.direction, OLD.is_follow_up)
        IS DISTINCT FROM
       (NEW.customer_id, NEW.contact_reason_id, NEW.opened_at, NEW.direction, NEW.is_follow_up)
    THEN
        PERFORM insights_mark_come_back(
            OLD.customer_id, OLD.contact_reason_id, OLD.opened_at,
            OLD.direction = 'inbound' AND NOT OLD.is_follow_up
        );
        PERFORM insights_mark_come_back(
            NEW.customer_id, NEW.contact_reason_id, NEW.opened_at,
            NEW.direction = 'inbound' AND NOT NEW.is_follow_up
        );
    END IF;
    PERFORM insights_mark_days('{{contacts,saves}}', ARRAY[OLD.closed_at, NEW.closed_at]);
    RETURN NULL;
END $$;

CREATE FUNCTION insights_holdings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people bigint[]; a date; b date;
BEGIN
    SELECT array_agg(DISTINCT customer_id), min(opened_on), max(coalesce(cancelled_on, 'infinity'))
    INTO people, a, b FROM changed;
    IF people IS NULL THEN RETURN NULL; END IF;
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'holdings', day
    FROM changed CROSS JOIN LATERAL unnest(ARRAY[opened_on, cancelled_on]) AS day
    WHERE day IS NOT NULL;
    PERFORM insights_mark_holdings(people);
    PERFORM insights_mark_held(people, a, b);
    RETURN NULL;
END $$;

CREATE FUNCTION insights_holding_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people bigint[] := ARRAY[OLD.customer_id, NEW.customer_id];
    old_end date := coalesce(OLD.cancelled_on, 'infinity');
    new_end date := coalesce(NEW.cancelled_on, 'infinity');
BEGIN
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT 'holdings', day
    FROM unnest(ARRAY[OLD.opened_on, NEW.opened_on, OLD.cancelled_on, NEW.cancelled_on]) AS day
    WHERE day IS NOT NULL;
    PERFORM insights_mark_holdings(people);
    IF OLD.customer_id <> NEW.customer_id OR OLD.product_id <> NEW.product_id THEN
        PERFORM insights_mark_held(people, least(OLD.opened_on, NEW.opened_on), 'infinity');
        RETURN NULL;
    END IF;
    IF OLD.opened_on <> NEW.opened_on THEN
        PERFORM insights_mark_held(
            people, least(OLD.opened_on, NEW.opened_on), greatest(OLD.opened_on, NEW.opened_on)
        );
    END IF;
    IF old_end <> new_end THEN
        PERFORM insights_mark_held(people, least(old_end, new_end), greatest(old_end, new_end));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_needs_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE contacts bigint[]; moments timestamptz[];
BEGIN
    SELECT array_agg(DISTINCT settled_at) INTO moments FROM changed WHERE settled_at IS NOT NULL;
    IF moments IS NULL THEN RETURN NULL; END IF;
    SELECT array_agg(DISTINCT contact) INTO contacts
    FROM changed CROSS JOIN LATERAL unnest(ARRAY[interaction_id, settled_in_id]) AS contact
    WHERE settled_at IS NOT NULL AND contact IS NOT NULL;
    PERFORM insights_mark_days('{{needs}}', moments);
    IF contacts IS NOT NULL THEN PERFORM insights_mark_saves(contacts); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_need_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_days('{{needs}}', ARRAY[OLD.settled_at, NEW.settled_at]);
    PERFORM insights_mark_saves(
        ARRAY[OLD.interaction_id, OLD.settled_in_id, NEW.interaction_id, NEW.settled_in_id]
    );
    RETURN NULL;
END $$;

CREATE FUNCTION insights_promises_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moments timestamptz[];
BEGIN
    SELECT array_agg(DISTINCT due_at) INTO moments FROM changed WHERE status IN ('kept', 'broken');
    IF moments IS NOT NULL THEN PERFORM insights_mark_days('{{promises}}', moments); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_promise_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_days('{{promises}}', ARRAY[OLD.due_at, NEW.due_at]);
    RETURN NULL;
END $$;

CREATE FUNCTION insights_requests_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moments timestamptz[];
BEGIN
    SELECT array_agg(DISTINCT resolved_at) INTO moments FROM changed WHERE resolved_at IS NOT NULL;
    IF moments IS NOT NULL THEN PERFORM insights_mark_days('{{requests}}', moments); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_request_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_days('{{requests}}', ARRAY[OLD.resolved_at, NEW.resolved_at]);
    IF OLD.product_id IS DISTINCT FROM NEW.product_id THEN
        PERFORM insights_mark_days('{{promises}}', array_agg(due_at))
        FROM service_promise WHERE request_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_follow_ups_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people bigint[]; due timestamptz[]; answered timestamptz[];
BEGIN
    SELECT array_agg(DISTINCT due_at) INTO due FROM changed
    WHERE status IN ('answered', 'unreachable', 'refused', 'lapsed');
    SELECT array_agg(DISTINCT answered_at), array_agg(DISTINCT customer_id)
    INTO answered, people FROM changed WHERE answered_at IS NOT NULL;
    IF due IS NOT NULL THEN PERFORM insights_mark_days('{{follow_ups}}', due); END IF;
    IF people IS NOT NULL THEN
        PERFORM insights_mark_days('{{answers,advocates}}', answered);
        PERFORM insights_mark_advocates(people);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_follow_up_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_days('{{follow_ups}}', ARRAY[OLD.due_at, NEW.due_at]);
    IF OLD.answered_at IS NOT NULL OR NEW.answered_at IS NOT NULL THEN
        PERFORM insights_mark_days(
            '{{answers,advocates}}', ARRAY[OLD.answered_at, NEW.answered_at]
        );
        PERFORM insights_mark_advocates(ARRAY[OLD.customer_id, NEW.customer_id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_answers_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE people bigint[]; answered timestamptz[];
BEGIN
    SELECT array_agg(DISTINCT follow_up.customer_id), array_agg(DISTINCT follow_up.answered_at)
    INTO people, answered
    FROM changed JOIN followups_followup AS follow_up ON follow_up.id = changed.follow_up_id
    WHERE follow_up.answered_at IS NOT NULL;
    IF people IS NOT NULL THEN
        PERFORM insights_mark_days('{{answers}}', answered);
        PERFORM insights_mark_advocates(people);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION insights_team_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_everything(ARRAY[NEW.id]);
    RETURN NULL;
END $$;

CREATE FUNCTION insights_meaning_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO insights_mark (source, day)
    SELECT DISTINCT s.source, insights_day(closed_at)
    FROM interactions_interaction CROSS JOIN (VALUES ('contacts'), ('saves')) AS s (source)
    WHERE closed_at IS NOT NULL
      AND (TG_ARGV[0] = 'outcome' AND wrap_up_code_id = NEW.id
           OR TG_ARGV[0] = 'intent' AND contact_reason_id = NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION insights_need_type_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM insights_mark_days('{{needs}}', array_agg(DISTINCT settled_at)),
            insights_mark_saves(array_agg(interaction_id) || array_agg(settled_in_id))
    FROM needs_need WHERE need_type_id = NEW.id AND settled_at IS NOT NULL;
    RETURN NULL;
END $$;
"""

# Table, what it is called here, and the columns that count.
WATCHED = [
    (
        "interactions_interaction",
        "contact",
        [
            "closed_at",
            "opened_at",
            "customer_id",
            "contact_reason_id",
            "wrap_up_code_id",
            "direction",
            "is_follow_up",
        ],
        "",
    ),
    (
        "customers_holding",
        "holding",
        ["opened_on", "cancelled_on", "cancelled_because", "product_id", "customer_id"],
        "",
    ),
    (
        "needs_need",
        "need",
        ["status", "settled_at", "need_type_id", "customer_id", "interaction_id", "settled_in_id"],
        "",
    ),
    (
        "service_promise",
        "promise",
        ["status", "due_at", "expected_at", "done_at", "product_id", "request_id", "customer_id"],
        "(OLD.status IN ('kept', 'broken') OR NEW.status IN ('kept', 'broken')) AND ",
    ),
    (
        "service_servicerequest",
        "request",
        ["status", "resolved_at", "target_at", "expected_at", "product_id", "customer_id"],
        "",
    ),
    (
        "followups_followup",
        "follow_up",
        ["status", "due_at", "answered_at", "refused_because", "customer_id"],
        "(OLD.status IN ('answered', 'unreachable', 'refused', 'lapsed')"
        " OR NEW.status IN ('answered', 'unreachable', 'refused', 'lapsed')) AND ",
    ),
]

OTHERS = """
CREATE TRIGGER insights_answers_inserted AFTER INSERT ON followups_answer
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION insights_answers_changed();
CREATE TRIGGER insights_answers_updated AFTER UPDATE ON followups_answer
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION insights_answers_changed();
CREATE TRIGGER insights_answers_deleted AFTER DELETE ON followups_answer
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION insights_answers_changed();
CREATE TRIGGER insights_team AFTER UPDATE ON customers_customer FOR EACH ROW
    WHEN (OLD.team_id <> NEW.team_id) EXECUTE FUNCTION insights_team_changed();
CREATE TRIGGER insights_outcome AFTER UPDATE ON interactions_wrapupcode FOR EACH ROW
    WHEN (OLD.outcome <> NEW.outcome) EXECUTE FUNCTION insights_meaning_changed('outcome');
CREATE TRIGGER insights_intent AFTER UPDATE ON interactions_contactreason FOR EACH ROW
    WHEN (OLD.intent <> NEW.intent) EXECUTE FUNCTION insights_meaning_changed('intent');
CREATE TRIGGER insights_need_type AFTER UPDATE ON needs_needtype FOR EACH ROW
    WHEN (OLD.code <> NEW.code) EXECUTE FUNCTION insights_need_type_changed();

CREATE INDEX insights_promise_settled ON service_promise (due_at)
    WHERE status IN ('kept', 'broken');
CREATE INDEX insights_request_done ON service_servicerequest (resolved_at)
    WHERE resolved_at IS NOT NULL;
CREATE INDEX insights_holding_opened ON customers_holding (opened_on);
"""


def _triggers(table: str, name: str, columns: list[str], only: str) -> str:
    differs = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return f"""
CREATE TRIGGER insights_{name}_inserted AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION insights_{name}s_changed();
CREATE TRIGGER insights_{name}_deleted AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT
    EXECUTE FUNCTION insights_{name}s_changed();
CREATE TRIGGER insights_{name}_updated AFTER UPDATE ON {table} FOR EACH ROW
    WHEN ({only}({differs})) EXECUTE FUNCTION insights_{name}_updated();
"""


def forwards(time_zone: str) -> str:
    watched = "".join(_triggers(*row) for row in WATCHED)
    return FUNCTIONS.format(time_zone=time_zone) + watched + OTHERS


BACKWARDS = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE proname LIKE 'insights\\_%' AND pronamespace = current_schema()::regnamespace
    LOOP EXECUTE 'DROP FUNCTION ' || found.name || ' CASCADE'; END LOOP;
END $$;
DROP INDEX insights_promise_settled;
DROP INDEX insights_request_done;
DROP INDEX insights_holding_opened;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insights", "0001_tables"),
        ("offers", "0001_tables"),
        ("followups", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(forwards(settings.TIME_ZONE), BACKWARDS),
    ]
