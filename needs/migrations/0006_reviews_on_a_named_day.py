"""A needs review tells what started it, and a contact may start several."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("interactions", "0002_call"),
        ("needs", "0005_next_question"),
        ("products", "0002_trial_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="needsreview",
            name="cause",
            field=models.CharField(
                choices=[
                    ("satisfied", "They were satisfied"),
                    ("later", "They asked to be asked again"),
                    ("fits_now", "A product is by now as they wanted it"),
                ],
                default="satisfied",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="needsreview",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="products.product",
            ),
        ),
        migrations.AlterField(
            model_name="needsreview",
            name="interaction",
            field=models.ForeignKey(
                help_text="What started it.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="interactions.interaction",
            ),
        ),
        migrations.AddConstraint(
            model_name="needsreview",
            constraint=models.CheckConstraint(
                condition=Q(cause__in=["satisfied", "later", "fits_now"]),
                name="needs_review_cause_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="needsreview",
            constraint=models.CheckConstraint(
                condition=Q(cause="satisfied", product=None)
                | (~Q(cause="satisfied") & Q(product__isnull=False)),
                name="needs_review_names_its_product",
            ),
        ),
        migrations.AddConstraint(
            model_name="needsreview",
            constraint=models.UniqueConstraint(
                condition=Q(cause="satisfied"),
                fields=("interaction",),
                name="needs_review_once_per_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="needsreview",
            constraint=models.UniqueConstraint(
                condition=Q(product__isnull=False),
                fields=("interaction", "cause", "product"),
                name="needs_review_once_per_product",
            ),
        ),
    ]
