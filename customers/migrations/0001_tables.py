"""Every table of `customers` in one step; a database that took the steps before it has them already."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_initial"),
        ("customers", "0003_consent_to_recording"),
        ("customers", "0004_contact_ledger"),
        ("customers", "0005_protected_traits"),
        ("customers", "0006_told_before_a_promise_breaks"),
        ("customers", "0007_region_and_circumstances"),
        ("customers", "0008_asked_whether_fixed"),
        ("customers", "0009_contacts_begun_by_hand"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("products", "0001_tables"),
    ]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("organisation", "Organisation")],
                        default="person",
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                ("segment", models.SlugField(default="personal", max_length=40)),
                ("country", models.CharField(default="GB", max_length=2)),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of the address, ISO 3166-2: GB-SCT, US-TX. Unknown: the strictest rules hold.",
                        max_length=6,
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/London", max_length=64)),
                ("born_on", models.DateField(blank=True, null=True)),
                ("customer_since", models.DateField(blank=True, null=True)),
                ("vulnerable_since", models.DateField(blank=True, null=True)),
                ("vulnerable_because", models.CharField(blank=True, max_length=200)),
                (
                    "bereaved_since",
                    models.DateField(
                        blank=True,
                        help_text="A bereavement was notified: we ask nothing any more.",
                        null=True,
                    ),
                ),
                (
                    "left_on",
                    models.DateField(
                        blank=True, help_text="No longer a customer from that day on.", null=True
                    ),
                ),
                (
                    "figures",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The customer's own figures, such as annual_income.",
                    ),
                ),
                ("source", models.SlugField(blank=True, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.db.models.functions.comparison.Collate(
                            django.db.models.functions.text.Lower("name"), "C"
                        ),
                        name="customer_name_prefix",
                    ),
                    models.Index(
                        django.db.models.functions.comparison.Collate(
                            django.db.models.functions.text.Lower(
                                models.Func(
                                    "name",
                                    models.Value(" "),
                                    models.Value(-1),
                                    function="split_part",
                                    output_field=models.CharField(),
                                )
                            ),
                            "C",
                        ),
                        name="customer_last_word_prefix",
                    ),
                    models.Index(
                        models.F("team"),
                        django.db.models.functions.comparison.Collate(
                            django.db.models.functions.text.Lower("name"), "C"
                        ),
                        name="customer_name_prefix_of_team",
                    ),
                    models.Index(
                        models.F("team"),
                        django.db.models.functions.comparison.Collate(
                            django.db.models.functions.text.Lower(
                                models.Func(
                                    "name",
                                    models.Value(" "),
                                    models.Value(-1),
                                    function="split_part",
                                    output_field=models.CharField(),
                                )
                            ),
                            "C",
                        ),
                        name="customer_last_word_of_team",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(
                            django.db.models.functions.text.Lower("name"), "gin_trgm_ops"
                        ),
                        name="customer_name_trigram",
                    ),
                    models.Index(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=["external_id"],
                        name="customer_external_id",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("source", "external_id"),
                        name="customer_external_id_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="customer_name_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                        name="customer_country_iso",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("region", ""),
                            models.Q(
                                ("region__regex", "^[A-Z]{2}-[A-Z0-9]{1,3}$"),
                                ("region__startswith", models.F("country")),
                            ),
                            _connector="OR",
                        ),
                        name="customer_region_of_country",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "organisation"])),
                        name="customer_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NameWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=40)),
                (
                    "spellings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["word"], name="name_word"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["spellings"], name="name_word_spellings"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="customers.customer",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("service", "Service"),
                            ("survey", "Survey"),
                            ("marketing", "Marketing"),
                            ("recording", "Recordings of calls"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Phone"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("form", "Web form"),
                            ("sms", "SMS"),
                            ("messaging", "Messaging app"),
                            ("social", "Social post"),
                        ],
                        max_length=20,
                    ),
                ),
                ("is_granted", models.BooleanField()),
                ("source", models.CharField(max_length=80)),
                ("wording_version", models.CharField(max_length=40)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["customer", "purpose", "channel", "-recorded_at", "-id"],
                        name="consent_newest",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purpose__in", ["service", "survey", "marketing", "recording"])
                        ),
                        name="consent_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "channel__in",
                                ["voice", "email", "chat", "form", "sms", "messaging", "social"],
                            )
                        ),
                        name="consent_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("service", "Service"),
                            ("survey", "Survey"),
                            ("marketing", "Marketing"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Phone"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("form", "Web form"),
                            ("sms", "SMS"),
                            ("messaging", "Messaging app"),
                            ("social", "Social post"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("offer", "Offer put to the customer"),
                            ("follow_up", "Follow-up asked"),
                            ("needs_review", "Needs review"),
                            ("call_back", "Call back"),
                            ("confirmation", "Asked whether it is fixed"),
                            ("promise", "Told before a promise breaks"),
                            ("contact", "Contact that an agent began"),
                        ],
                        max_length=20,
                    ),
                ),
                ("subject_id", models.BigIntegerField()),
                ("on", models.DateField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_owed", models.BooleanField(default=False)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("given_back_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("customer"),
                        models.OrderBy(models.F("on"), descending=True),
                        condition=models.Q(("given_back_at", None)),
                        name="contact_draw_of_customer",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("given_back_at", None)),
                        fields=("what", "subject_id"),
                        name="contact_drawn_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["service", "survey", "marketing"])),
                        name="contact_draw_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "what__in",
                                [
                                    "offer",
                                    "follow_up",
                                    "needs_review",
                                    "call_back",
                                    "confirmation",
                                    "promise",
                                    "contact",
                                ],
                            )
                        ),
                        name="contact_draw_what_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_points",
                        to="customers.customer",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Phone"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("form", "Web form"),
                            ("sms", "SMS"),
                            ("messaging", "Messaging app"),
                            ("social", "Social post"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.CharField(db_collation="C", max_length=254)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("is_preferred", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["value"], name="contact_point_value"),
                    models.Index(
                        django.db.models.functions.text.Reverse("value"), name="contact_point_tail"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "channel", "value"),
                        name="contact_point_once_per_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("channel", "email"), ("verified_at__isnull", False)),
                        fields=("channel", "value"),
                        name="verified_email_of_one_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_preferred", True)),
                        fields=("customer", "channel"),
                        name="one_preferred_contact_point",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel__in", ["voice", "sms"]), _negated=True),
                            ("value__regex", "^\\+[1-9][0-9]{6,14}$"),
                            _connector="OR",
                        ),
                        name="phones_are_e164",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "channel__in",
                                ["voice", "email", "chat", "form", "sms", "messaging", "social"],
                            )
                        ),
                        name="contact_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.customer",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.team",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("organisation", "Organisation")],
                        default="person",
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=160)),
                ("segment", models.SlugField(db_index=False, default="personal", max_length=40)),
                ("country", models.CharField(default="GB", max_length=2)),
                (
                    "region",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of the address, ISO 3166-2: GB-SCT, US-TX. Unknown: the strictest rules hold.",
                        max_length=6,
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/London", max_length=64)),
                ("born_on", models.DateField(blank=True, null=True)),
                ("customer_since", models.DateField(blank=True, null=True)),
                ("vulnerable_since", models.DateField(blank=True, null=True)),
                ("vulnerable_because", models.CharField(blank=True, max_length=200)),
                (
                    "bereaved_since",
                    models.DateField(
                        blank=True,
                        help_text="A bereavement was notified: we ask nothing any more.",
                        null=True,
                    ),
                ),
                (
                    "left_on",
                    models.DateField(
                        blank=True, help_text="No longer a customer from that day on.", null=True
                    ),
                ),
                (
                    "figures",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="The customer's own figures, such as annual_income.",
                    ),
                ),
                ("source", models.SlugField(blank=True, db_index=False, max_length=40)),
                ("external_id", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HeldElsewhere",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                ("provider", models.CharField(blank=True, max_length=80)),
                ("said_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name_plural": "held elsewhere",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("customer", "product"),
                        name="held_elsewhere_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holdings",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="products.product",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("opened_on", models.DateField()),
                ("cancelled_on", models.DateField(blank=True, null=True)),
                ("cancelled_because", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(default="GBP", max_length=3)),
                ("balance", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("annual_rate", models.DecimalField(decimal_places=3, default=0, max_digits=6)),
                ("monthly_charge", models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ("external_id", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "opened_on"], name="holding_of_customer"),
                    models.Index(
                        condition=models.Q(("cancelled_on__isnull", False)),
                        fields=["cancelled_on"],
                        name="holding_cancelled",
                    ),
                    models.Index(fields=["product", "opened_on"], name="holding_of_product"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_on", None),
                            ("cancelled_on__gte", models.F("opened_on")),
                            _connector="OR",
                        ),
                        name="holding_cancelled_after_opening",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_because", ""), ("cancelled_on", None)),
                            models.Q(
                                ("cancelled_on__isnull", False),
                                models.Q(("cancelled_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="holding_cancelled_with_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("customer", "external_id"),
                        name="holding_external_id_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtectedTrait",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "attribute",
                    models.CharField(
                        choices=[
                            ("sex", "Sex"),
                            ("gender", "Gender identity"),
                            ("orientation", "Sexual orientation"),
                            ("family", "Marriage and family"),
                            ("ethnicity", "Ethnicity"),
                            ("religion", "Religion or belief"),
                            ("disability", "Disability"),
                        ],
                        max_length=20,
                    ),
                ),
                ("group", models.CharField(max_length=40)),
                ("source", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "attribute"), name="protected_trait_once_each"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "attribute__in",
                                [
                                    "sex",
                                    "gender",
                                    "orientation",
                                    "family",
                                    "ethnicity",
                                    "religion",
                                    "disability",
                                ],
                            )
                        ),
                        name="protected_trait_attribute_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group", ""), _negated=True),
                        name="protected_trait_group_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPointEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.contactpoint",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("voice", "Phone"),
                            ("email", "E-mail"),
                            ("chat", "Chat"),
                            ("form", "Web form"),
                            ("sms", "SMS"),
                            ("messaging", "Messaging app"),
                            ("social", "Social post"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.CharField(db_collation="C", max_length=254)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("is_preferred", models.BooleanField(default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HoldingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="customers.holding",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="products.product",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=40)),
                ("opened_on", models.DateField()),
                ("cancelled_on", models.DateField(blank=True, null=True)),
                ("cancelled_because", models.CharField(blank=True, max_length=120)),
                ("currency", models.CharField(default="GBP", max_length=3)),
                ("balance", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("annual_rate", models.DecimalField(decimal_places=3, default=0, max_digits=6)),
                ("monthly_charge", models.DecimalField(decimal_places=2, default=0, max_digits=10)),
                ("external_id", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="learn_name_words",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO customers_nameword (word, spellings)\nSELECT word, array(\n    SELECT left(word, i - 1) || substr(word, i + 1) FROM generate_series(1, length(word)) i\n) || word::text\nFROM (\n    SELECT DISTINCT unnest(\n        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]\n    ) COLLATE \"C\" AS word\n    FROM new_rows\n) new_words\nWHERE length(word) BETWEEN 4 AND 40\n    AND NOT EXISTS (SELECT 1 FROM customers_nameword known WHERE known.word = new_words.word);\nRETURN NULL;",
                    hash="d1e4cd8610c7030fa0d6e298d894f277fc3b89e7",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_learn_name_words_7ab19",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="relearn_name_words",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nINSERT INTO customers_nameword (word, spellings)\nSELECT word, array(\n    SELECT left(word, i - 1) || substr(word, i + 1) FROM generate_series(1, length(word)) i\n) || word::text\nFROM (\n    SELECT DISTINCT unnest(\n        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]\n    ) COLLATE \"C\" AS word\n    FROM \n    (SELECT new_rows.name FROM new_rows JOIN old_rows USING (id)\n    WHERE new_rows.name <> old_rows.name) renamed\n) new_words\nWHERE length(word) BETWEEN 4 AND 40\n    AND NOT EXISTS (SELECT 1 FROM customers_nameword known WHERE known.word = new_words.word);\n\nDELETE FROM customers_nameword known USING (\n    SELECT DISTINCT unnest(\n        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]\n    ) COLLATE \"C\" AS word\n    FROM \n    (SELECT old_rows.name FROM new_rows JOIN old_rows USING (id)\n    WHERE new_rows.name <> old_rows.name) renamed\n) old_words\nWHERE known.word = old_words.word\n    AND NOT EXISTS (\n        SELECT 1 FROM customers_customer\n        WHERE lower(split_part(name, ' ', -1)) COLLATE \"C\" = old_words.word\n    )\n    AND NOT EXISTS (\n        SELECT 1 FROM customers_customer\n        WHERE lower(name) COLLATE \"C\" >= old_words.word || ' '\n            AND lower(name) COLLATE \"C\" < old_words.word || '!'\n    );\nRETURN NULL;",
                    hash="2f8d6c3b8d066cf5bb4ea5b861b32278d8e0a7bb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_relearn_name_words_e156d",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="forget_name_words",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\nDELETE FROM customers_nameword known USING (\n    SELECT DISTINCT unnest(\n        ARRAY[split_part(lower(name), ' ', 1), split_part(lower(name), ' ', -1)]\n    ) COLLATE \"C\" AS word\n    FROM old_rows\n) old_words\nWHERE known.word = old_words.word\n    AND NOT EXISTS (\n        SELECT 1 FROM customers_customer\n        WHERE lower(split_part(name, ' ', -1)) COLLATE \"C\" = old_words.word\n    )\n    AND NOT EXISTS (\n        SELECT 1 FROM customers_customer\n        WHERE lower(name) COLLATE \"C\" >= old_words.word || ' '\n            AND lower(name) COLLATE \"C\" < old_words.word || '!'\n    );\nRETURN NULL;",
                    hash="211be88999027909a91b21797cdd0514dab03287",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_forget_name_words_a6da7",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_customerevent" ("bereaved_since", "born_on", "country", "created_at", "customer_since", "external_id", "figures", "id", "kind", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment", "source", "team_id", "time_zone", "vulnerable_because", "vulnerable_since") VALUES (NEW."bereaved_since", NEW."born_on", NEW."country", NEW."created_at", NEW."customer_since", NEW."external_id", NEW."figures", NEW."id", NEW."kind", NEW."left_on", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region", NEW."segment", NEW."source", NEW."team_id", NEW."time_zone", NEW."vulnerable_because", NEW."vulnerable_since"); RETURN NULL;',
                    hash="5eb3d76ce91b6938ecf067b5ad070d4e8bf2b400",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ca86d",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_customerevent" ("bereaved_since", "born_on", "country", "created_at", "customer_since", "external_id", "figures", "id", "kind", "left_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region", "segment", "source", "team_id", "time_zone", "vulnerable_because", "vulnerable_since") VALUES (OLD."bereaved_since", OLD."born_on", OLD."country", OLD."created_at", OLD."customer_since", OLD."external_id", OLD."figures", OLD."id", OLD."kind", OLD."left_on", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region", OLD."segment", OLD."source", OLD."team_id", OLD."time_zone", OLD."vulnerable_because", OLD."vulnerable_since"); RETURN NULL;',
                    hash="2947e5c65aaab340bc9dd862b10e17f96b1cbc06",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_939ca",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_contactpointevent" ("channel", "customer_id", "id", "is_preferred", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "verified_at") VALUES (NEW."channel", NEW."customer_id", NEW."id", NEW."is_preferred", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."value", NEW."verified_at"); RETURN NULL;',
                    hash="720ad4b85430fdd7734550bc92405ca4ba3522c2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_90fab",
                    table="customers_contactpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_contactpointevent" ("channel", "customer_id", "id", "is_preferred", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "value", "verified_at") VALUES (OLD."channel", OLD."customer_id", OLD."id", OLD."is_preferred", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."value", OLD."verified_at"); RETURN NULL;',
                    hash="bc3b4963b10e1f03e2ac9a55725f5fcb277879dd",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f627e",
                    table="customers_contactpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_history_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="82d097e8e040df9f3ed39867a877df0f857d9547",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_consent_history_kept_73fb1",
                    table="customers_consent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="holding",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_holdingevent" ("annual_rate", "balance", "cancelled_because", "cancelled_on", "currency", "customer_id", "external_id", "id", "monthly_charge", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "reference") VALUES (NEW."annual_rate", NEW."balance", NEW."cancelled_because", NEW."cancelled_on", NEW."currency", NEW."customer_id", NEW."external_id", NEW."id", NEW."monthly_charge", NEW."opened_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."reference"); RETURN NULL;',
                    hash="e622776b5b4153f10e442b41c9fb6205ed69e29d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6631f",
                    table="customers_holding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="holding",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_holdingevent" ("annual_rate", "balance", "cancelled_because", "cancelled_on", "currency", "customer_id", "external_id", "id", "monthly_charge", "opened_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "reference") VALUES (OLD."annual_rate", OLD."balance", OLD."cancelled_because", OLD."cancelled_on", OLD."currency", OLD."customer_id", OLD."external_id", OLD."id", OLD."monthly_charge", OLD."opened_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."product_id", OLD."reference"); RETURN NULL;',
                    hash="4040544a61a1e2ecbae97ecb96508a59942af956",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_faa33",
                    table="customers_holding",
                    when="AFTER",
                ),
            ),
        ),
    ]
