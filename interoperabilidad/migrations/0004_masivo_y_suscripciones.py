
import django.db.models.deletion
import ece.nucleo.uuid7
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('interoperabilidad', '0003_documentos_clinicos'),
    ]

    operations = [
        migrations.CreateModel(
            name='Exportacion',
            fields=[
                ('id', models.UUIDField(default=ece.nucleo.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cliente', models.UUIDField()),
                ('estado', models.CharField(choices=[('pendiente', 'Pendiente'), ('terminado', 'Terminado'), ('fallido', 'Fallido')], default='pendiente', max_length=10)),
                ('motivo', models.CharField(blank=True, max_length=200)),
                ('intentos', models.PositiveSmallIntegerField(default=0)),
                ('llave', models.BinaryField()),
                ('pedido', models.BinaryField()),
                ('creado_at', models.DateTimeField()),
                ('proximo_at', models.DateTimeField()),
                ('terminado_at', models.DateTimeField(null=True)),
                ('caduca_at', models.DateTimeField(null=True)),
                ('transaccion', models.CharField(max_length=20)),
                ('cursor', models.UUIDField(null=True)),
                ('pacientes', models.PositiveIntegerField(default=0)),
                ('hechos', models.PositiveIntegerField(default=0)),
                ('recursos', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('estado', 'pendiente')), fields=['id'], name='interop_exportacion_pendiente')],
            },
        ),
        migrations.CreateModel(
            name='Importacion',
            fields=[
                ('id', models.UUIDField(default=ece.nucleo.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cliente', models.UUIDField()),
                ('estado', models.CharField(choices=[('pendiente', 'Pendiente'), ('terminado', 'Terminado'), ('fallido', 'Fallido')], default='pendiente', max_length=10)),
                ('motivo', models.CharField(blank=True, max_length=200)),
                ('intentos', models.PositiveSmallIntegerField(default=0)),
                ('llave', models.BinaryField()),
                ('pedido', models.BinaryField()),
                ('creado_at', models.DateTimeField()),
                ('proximo_at', models.DateTimeField()),
                ('terminado_at', models.DateTimeField(null=True)),
                ('caduca_at', models.DateTimeField(null=True)),
                ('archivo', models.PositiveIntegerField(default=0)),
                ('renglon', models.PositiveIntegerField(default=0)),
                ('tomados', models.PositiveIntegerField(default=0)),
                ('rechazados', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('estado', 'pendiente')), fields=['id'], name='interop_importacion_pendiente')],
            },
        ),
        migrations.CreateModel(
            name='RechazosDeImportacion',
            fields=[
                ('orden', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=ece.nucleo.uuid7.uuid7, editable=False)),
                ('archivo', models.PositiveIntegerField()),
                ('cuantos', models.PositiveIntegerField()),
                ('contenido', models.BinaryField()),
                ('importacion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rechazos', to='interoperabilidad.importacion')),
            ],
        ),
        migrations.CreateModel(
            name='SuscripcionFhir',
            fields=[
                ('id', models.UUIDField(default=ece.nucleo.uuid7.uuid7, editable=False, primary_key=True, serialize=False)),
                ('cliente', models.UUIDField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('estado', models.CharField(choices=[('requested', 'Pedida'), ('active', 'Activa'), ('error', 'Error'), ('off', 'Apagada')], max_length=10)),
                ('tema', models.CharField(max_length=40)),
                ('contenido', models.BinaryField()),
                ('creada_at', models.DateTimeField()),
                ('actualizada_at', models.DateTimeField()),
                ('termina_at', models.DateTimeField(null=True)),
                ('latido', models.PositiveIntegerField(default=0)),
                ('eventos', models.PositiveBigIntegerField(default=0)),
                ('intentos', models.SmallIntegerField(default=0)),
                ('motivo', models.CharField(blank=True, max_length=80)),
                ('proximo_at', models.DateTimeField()),
                ('enviado_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['cliente', 'id'], name='interop_suscripcion_cliente')],
            },
        ),
        migrations.CreateModel(
            name='NotificacionFhir',
            fields=[
                ('orden', models.BigAutoField(primary_key=True, serialize=False)),
                ('evento', models.UUIDField()),
                ('momento', models.DateTimeField()),
                ('tipo', models.CharField(max_length=40)),
                ('registro', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('numero', models.PositiveBigIntegerField(null=True)),
                ('hecha_at', models.DateTimeField(null=True)),
                ('suscripcion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notificaciones', to='interoperabilidad.suscripcionfhir')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('hecha_at__isnull', True)), fields=['suscripcion', 'orden'], name='interop_notificacion_pendiente'), models.Index(condition=models.Q(('numero__isnull', False)), fields=['suscripcion', 'numero'], name='interop_notificacion_numero')],
                'constraints': [models.UniqueConstraint(fields=('suscripcion', 'evento', 'registro'), name='interoperabilidad_notificacion_una_vez')],
            },
        ),
        migrations.CreateModel(
            name='TramoDeExportacion',
            fields=[
                ('orden', models.BigAutoField(primary_key=True, serialize=False)),
                ('id', models.UUIDField(default=ece.nucleo.uuid7.uuid7, editable=False)),
                ('tipo', models.CharField(max_length=40)),
                ('archivo', models.PositiveIntegerField()),
                ('cuantos', models.PositiveIntegerField()),
                ('contenido', models.BinaryField()),
                ('exportacion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tramos', to='interoperabilidad.exportacion')),
            ],
            options={
                'indexes': [models.Index(fields=['exportacion', 'tipo', 'archivo', 'orden'], name='interop_tramo_de_archivo')],
            },
        ),
    ]
