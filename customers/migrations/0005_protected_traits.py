import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_contact_ledger")]

    operations = [
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
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
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
    ]
