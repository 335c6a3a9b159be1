import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Whose a reply is, is asked by the newest text to that address; what is nobody's is looked at."""

    dependencies = [
        ("messaging", "0001_sendings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="unknown_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reply",
            name="looked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reply",
            name="looked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=Q(("looked_at", None), ("looked_by", None))
                | Q(("looked_at__isnull", False), ("looked_by__isnull", False)),
                name="reply_looked_at_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(
                condition=Q(("looked_at", None), ("unknown_since__isnull", False)),
                fields=["at"],
                name="reply_unknown",
            ),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(fields=["to", "-claimed_at"], name="sending_to_address"),
        ),
    ]
