"""One kind of recovery code, and no key of a session left to be read.

The code that was given at enrolment becomes one of the codes of recovery, under the keyed digest
that all of them now have; the others were plain digests that cannot be turned into it, so they end
and their owners generate new ones. Open sessions end too: their keys lay in clear.
"""

from django.db import migrations

from ece.nucleo.uuid7 import uuid7


def reunir(apps, schema_editor):
    codigos = apps.get_model("identidad", "CodigoDeRecuperacion")
    contactos = apps.get_model("identidad", "Contacto")
    codigos.objects.all().delete()
    for contacto in contactos.objects.filter(rescate__isnull=False):
        codigos.objects.create(id=uuid7(), usuario_id=contacto.pk, resumen=contacto.rescate)


def terminar_sesiones(apps, schema_editor):
    apps.get_model("identidad", "Sesion").objects.all().delete()
    apps.get_model("sessions", "Session").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("identidad", "0008_cuenta"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(reunir, migrations.RunPython.noop),
        migrations.RunPython(terminar_sesiones, migrations.RunPython.noop),
        migrations.RemoveField(model_name="contacto", name="rescate"),
    ]
