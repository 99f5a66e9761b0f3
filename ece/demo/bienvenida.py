"""What `make demo` prints when it serves: where, who, and lines to try."""

CONTRASENA = "Demo-ECE-2026"

PERSONAS = (
    ("medica", "atiende a los pacientes de la demostración"),
    ("urgencias", "médico de urgencias"),
    ("enfermera", "misma unidad que la médica"),
    ("laboratorio", "órdenes y resultados"),
    ("medico-ajeno", "mismo hospital, sin relación con los pacientes"),
    ("archivo", "registro e identidad de pacientes"),
    ("privacidad", "derechos ARCO y bitácora"),
    ("calidad", "integración del expediente"),
    ("enlace", "convenios y mensajes con otras instituciones"),
    ("direccion", "firma convenios"),
    ("paciente", "ve su propio expediente"),
    ("tutora", "madre de un paciente menor"),
    ("madre", "madre de una persona adolescente; no ve su espacio confidencial"),
    ("adolescente", "ve todo su expediente"),
    ("admin", "usuarios, unidades y catálogos; ningún dato clínico"),
)
MENSAJE = (
    r"MSH|^~\\&|HIS|HGE|ECE|HGE|20261129103000-0600||QBP^Q22^QBP_Q21|Q1|P|2.5.1\r"
    r"QPD|Q22^Find Candidates^HL7|1|@PID.5.1^Hern\rRCP|I\r"
)
"""A query by surname, as a line of the shell."""
MAQUINAS = (
    ("integracion", "los sistemas de la propia institución"),
    ("hospital-aliado", "institución con convenio"),
    ("sin-convenio", "autenticada, sin convenio"),
)


def texto(direccion: str, *, ejemplos: str, mllp: str) -> str:
    """The welcome, as plain text; `ejemplos` are further lines to try, if the demo left any."""
    return "\n".join(
        [
            "",
            f"  ECE está en {direccion}/   (Ctrl-C para detener)",
            "",
            f"  Personas, contraseña {CONTRASENA}:",
            *(f"    {usuario:<16}{que}" for usuario, que in PERSONAS),
            "",
            "  e.firma de prueba de medica y medico-ajeno (.cer y .key, misma contraseña):",
            "    ECE_HOME/demo/firma; una nota de egreso la pide",
            "",
            "  Sistemas (OAuth2; en la demostración también por HTTP Basic, misma contraseña):",
            *(f"    {cliente:<16}{que}" for cliente, que in MAQUINAS),
            "",
            f"    curl {direccion}/fhir/metadata",
            f"    curl -u integracion:{CONTRASENA} '{direccion}/fhir/Patient?_count=3'",
            f"    curl -u hospital-aliado:{CONTRASENA} -H 'ECE-Usuario: dr-uitz' "
            f"-H 'ECE-Rol: medico' -H 'ECE-Proposito: TREAT' '{direccion}/fhir/Patient'",
            f"    curl -u integracion:{CONTRASENA} -d grant_type=client_credentials "
            f"{direccion}/oauth/token",
            "",
            f"  HL7 v2 por MLLP está en {mllp} (MSH-3 HIS o LIS, MSH-4 HGE):",
            "",
            f"    curl -u integracion:{CONTRASENA} -H 'Content-Type: x-application/hl7-v2+er7' \\",
            f"      --data-binary $'{MENSAJE}' {direccion}/hl7v2/",
            *(f"    {linea}" for linea in ejemplos.splitlines()),
            "",
        ]
    )
