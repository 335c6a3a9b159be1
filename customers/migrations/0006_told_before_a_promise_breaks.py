from django.db import migrations, models

DRAWN_FOR = [
    ("offer", "Offer put to the customer"),
    ("follow_up", "Follow-up asked"),
    ("needs_review", "Needs review"),
    ("call_back", "Call back"),
    ("promise", "Told before a promise breaks"),
]


class Migration(migrations.Migration):
    """Calls before a promise breaks stand on the ledger of the contact budget."""

    dependencies = [("customers", "0005_protected_traits")]

    operations = [
        migrations.AlterField(
            model_name="contactdraw",
            name="what",
            field=models.CharField(choices=DRAWN_FOR, max_length=20),
        ),
        migrations.RemoveConstraint(model_name="contactdraw", name="contact_draw_what_known"),
        migrations.AddConstraint(
            model_name="contactdraw",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", [value for value, _ in DRAWN_FOR])),
                name="contact_draw_what_known",
            ),
        ),
    ]
