from django.db import migrations


class Migration(migrations.Migration):
    """Expediente numbers: handed out by the database, so that two admissions never share one."""

    dependencies = [("registros", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE registros_expediente", "DROP SEQUENCE registros_expediente"
        )
    ]
