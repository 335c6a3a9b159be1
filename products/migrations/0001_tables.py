"""Every table of `products` in one step; a database that took the steps before it has them already."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("products", "0001_initial"),
        ("products", "0002_trial_versions"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                ("for_trial", models.BooleanField(default=False)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ProductCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "balance_meaning",
                    models.CharField(
                        choices=[
                            ("money", "Money the customer has with us"),
                            ("card_debt", "Money the customer owes on a card"),
                            ("loan_debt", "Money the customer owes on a loan"),
                            ("nothing", "No balance"),
                        ],
                        default="money",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "product categories",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("balance_meaning__in", ["money", "card_debt", "loan_debt", "nothing"])
                        ),
                        name="category_balance_meaning_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="products.productcategory",
                    ),
                ),
                ("summary", models.CharField(max_length=200)),
                ("currency", models.CharField(default="GBP", max_length=3)),
                (
                    "terms",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='The product\'s own figures, such as {"rate": "4.10"}.',
                    ),
                ),
                ("benefit_formula", models.CharField(max_length=300)),
                ("benefit_sentence", models.CharField(max_length=300)),
                (
                    "minimum_benefit",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="A customer gains at least this much a year, or never sees the product.",
                        max_digits=12,
                    ),
                ),
                (
                    "lever",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="Between 0.80 and 1.20; never lifts what is below the need floor.",
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(0.8),
                            django.core.validators.MaxValueValidator(1.2),
                        ],
                    ),
                ),
                ("safe_for_vulnerable", models.BooleanField(default=False)),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("lever__gte", 0.8), ("lever__lte", 1.2)),
                        name="products_lever_bounded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="products_currency_iso",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductEvent",
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
                        to="products.product",
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
                ("code", models.SlugField(db_index=False)),
                ("name", models.CharField(max_length=80)),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="products.productcategory",
                    ),
                ),
                ("summary", models.CharField(max_length=200)),
                ("currency", models.CharField(default="GBP", max_length=3)),
                (
                    "terms",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text='The product\'s own figures, such as {"rate": "4.10"}.',
                    ),
                ),
                ("benefit_formula", models.CharField(max_length=300)),
                ("benefit_sentence", models.CharField(max_length=300)),
                (
                    "minimum_benefit",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="A customer gains at least this much a year, or never sees the product.",
                        max_digits=12,
                    ),
                ),
                (
                    "lever",
                    models.DecimalField(
                        decimal_places=2,
                        default=1,
                        help_text="Between 0.80 and 1.20; never lifts what is below the need floor.",
                        max_digits=3,
                        validators=[
                            django.core.validators.MinValueValidator(0.8),
                            django.core.validators.MaxValueValidator(1.2),
                        ],
                    ),
                ),
                ("safe_for_vulnerable", models.BooleanField(default=False)),
                ("withdrawn_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProductRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rules",
                        to="products.product",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("eligibility", "Eligibility: may have it at all"),
                            ("applicability", "Applicability: relevant now"),
                            ("suitability", "Suitability: in the customer's interest"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "fact",
                    models.CharField(
                        choices=[
                            ("is_adult", "is 18 or over"),
                            ("is_vulnerable", "is marked vulnerable"),
                            ("has_open_complaint", "has an open complaint"),
                            ("segment", "segment"),
                            ("country", "country"),
                            ("tenure_years", "time with us"),
                            ("held_products", "products held"),
                            ("held_categories", "kinds of product held"),
                            ("total_balance", "money with us"),
                            ("idle_balance", "money earning under 1 %"),
                            ("current_rate", "rate on that money today"),
                            ("card_debt", "balance owed on cards"),
                            ("card_rate", "rate on that balance today"),
                            ("monthly_charges", "charges a month"),
                            ("foreign_spend", "spending abroad a year"),
                            ("annual_income", "income a year"),
                            ("open_requests", "open service requests"),
                            ("broken_promises", "promises broken in the last 90 days"),
                            ("open_needs", "open needs"),
                            ("contact_reason", "reason for this contact"),
                            ("channel", "channel of this contact"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "comparison",
                    models.CharField(
                        choices=[
                            ("equals", "is"),
                            ("differs", "is not"),
                            ("at_least", "is at least"),
                            ("at_most", "is at most"),
                            ("includes", "include"),
                            ("excludes", "do not include"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.JSONField()),
                (
                    "either",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Criteria with the same number are alternatives: one is enough.",
                        null=True,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        help_text="Told to the agent when the criterion does not hold.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "ordering": [
                    "product",
                    "stage",
                    models.OrderBy(models.F("either"), nulls_first=True),
                    "pk",
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stage__in", ["eligibility", "applicability", "suitability"])
                        ),
                        name="rule_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fact__in",
                                [
                                    "is_adult",
                                    "is_vulnerable",
                                    "has_open_complaint",
                                    "segment",
                                    "country",
                                    "tenure_years",
                                    "held_products",
                                    "held_categories",
                                    "total_balance",
                                    "idle_balance",
                                    "current_rate",
                                    "card_debt",
                                    "card_rate",
                                    "monthly_charges",
                                    "foreign_spend",
                                    "annual_income",
                                    "open_requests",
                                    "broken_promises",
                                    "open_needs",
                                    "contact_reason",
                                    "channel",
                                ],
                            )
                        ),
                        name="rule_fact_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "comparison__in",
                                [
                                    "equals",
                                    "differs",
                                    "at_least",
                                    "at_most",
                                    "includes",
                                    "excludes",
                                ],
                            )
                        ),
                        name="rule_comparison_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductRuleEvent",
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
                        to="products.productrule",
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
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="products.product",
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("eligibility", "Eligibility: may have it at all"),
                            ("applicability", "Applicability: relevant now"),
                            ("suitability", "Suitability: in the customer's interest"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "fact",
                    models.CharField(
                        choices=[
                            ("is_adult", "is 18 or over"),
                            ("is_vulnerable", "is marked vulnerable"),
                            ("has_open_complaint", "has an open complaint"),
                            ("segment", "segment"),
                            ("country", "country"),
                            ("tenure_years", "time with us"),
                            ("held_products", "products held"),
                            ("held_categories", "kinds of product held"),
                            ("total_balance", "money with us"),
                            ("idle_balance", "money earning under 1 %"),
                            ("current_rate", "rate on that money today"),
                            ("card_debt", "balance owed on cards"),
                            ("card_rate", "rate on that balance today"),
                            ("monthly_charges", "charges a month"),
                            ("foreign_spend", "spending abroad a year"),
                            ("annual_income", "income a year"),
                            ("open_requests", "open service requests"),
                            ("broken_promises", "promises broken in the last 90 days"),
                            ("open_needs", "open needs"),
                            ("contact_reason", "reason for this contact"),
                            ("channel", "channel of this contact"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "comparison",
                    models.CharField(
                        choices=[
                            ("equals", "is"),
                            ("differs", "is not"),
                            ("at_least", "is at least"),
                            ("at_most", "is at most"),
                            ("includes", "include"),
                            ("excludes", "do not include"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.JSONField()),
                (
                    "either",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Criteria with the same number are alternatives: one is enough.",
                        null=True,
                    ),
                ),
                (
                    "because",
                    models.CharField(
                        help_text="Told to the agent when the criterion does not hold.",
                        max_length=200,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="catalogueversion",
            trigger=pgtrigger.compiler.Trigger(
                name="catalogue_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="57a62b13eedb64a7d829d45d7f70ddbea52a43fc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_catalogue_immutable_70c1c",
                    table="products_catalogueversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "products_productevent" ("benefit_formula", "benefit_sentence", "category_id", "code", "currency", "id", "lever", "minimum_benefit", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "safe_for_vulnerable", "summary", "terms", "withdrawn_on") VALUES (NEW."benefit_formula", NEW."benefit_sentence", NEW."category_id", NEW."code", NEW."currency", NEW."id", NEW."lever", NEW."minimum_benefit", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."safe_for_vulnerable", NEW."summary", NEW."terms", NEW."withdrawn_on"); RETURN NULL;',
                    hash="f0dbb588bc2c1f011fc67187353736196cf353c2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1fd97",
                    table="products_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="product",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "products_productevent" ("benefit_formula", "benefit_sentence", "category_id", "code", "currency", "id", "lever", "minimum_benefit", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "safe_for_vulnerable", "summary", "terms", "withdrawn_on") VALUES (NEW."benefit_formula", NEW."benefit_sentence", NEW."category_id", NEW."code", NEW."currency", NEW."id", NEW."lever", NEW."minimum_benefit", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."safe_for_vulnerable", NEW."summary", NEW."terms", NEW."withdrawn_on"); RETURN NULL;',
                    hash="be97a857340293988bbbce93a662dbd06e128806",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_18d15",
                    table="products_product",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "products_productruleevent" ("because", "comparison", "either", "fact", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stage", "value") VALUES (NEW."because", NEW."comparison", NEW."either", NEW."fact", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."product_id", NEW."stage", NEW."value"); RETURN NULL;',
                    hash="93d62a4a5a9e234bd51cf9e4533c75c4ac3492d3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d867c",
                    table="products_productrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="productrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "products_productruleevent" ("because", "comparison", "either", "fact", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "product_id", "stage", "value") VALUES (NEW."because", NEW."comparison", NEW."either", NEW."fact", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."product_id", NEW."stage", NEW."value"); RETURN NULL;',
                    hash="710ee9276b38cd2e0e2dc481bccc7d74b425ebd0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_012dd",
                    table="products_productrule",
                    when="AFTER",
                ),
            ),
        ),
    ]
