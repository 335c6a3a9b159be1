"""Contacts that an agent begins by hand stand on the ledger, too."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0008_asked_whether_fixed"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contactdraw",
            name="contact_draw_what_known",
        ),
        migrations.AlterField(
            model_name="contactdraw",
            name="what",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="contactdraw",
            constraint=models.CheckConstraint(
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
        ),
    ]
