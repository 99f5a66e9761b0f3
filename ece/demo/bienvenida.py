"""What `make demo` prints when it serves: where, who, and lines to try."""

CONTRASENA = "Demo-ECE-2026"

PERSONAS = (
    ("medica", "atiende a los pacientes de la demostración"),
    ("urgencias", "médico de urgencias"),
    ("enfermera", "misma unidad que la médica"),
    ("laboratorio", "órdenes y resultados"),
    ("suplente", "médica de la misma unidad; firma por delegación"),
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
            "  e.firma de prueba de medica, suplente, medico-ajeno y paciente (.cer y .key, misma",
            "    contraseña): ECE_HOME/demo/firma. Una nota de egreso la pide; una receta se firma",
            "    con la contraseña; el paciente firma sus cartas en el portal; y medica deja su",
            "    firma a suplente en /clinica/firmar/delegaciones/",
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


def de_red(uno: tuple[str, str], otro: tuple[str, str]) -> str:
    """What `make demo-red` prints: the two hospitals, and a story to follow in them."""
    (valle, de_valle), (sierra, de_sierra) = uno, otro
    return "\n".join(
        [
            "",
            f"  {valle} está en {de_valle}/",
            f"  {sierra} está en {de_sierra}/   (Ctrl-C para detener)",
            "",
            f"  Las mismas personas en los dos, contraseña {CONTRASENA}. Marisol Sosa Luna se",
            f"  atiende en ambos; sólo {sierra} conoce su alergia. La historia:",
            "",
            f"    1. {de_valle}: entre como medica, abra a Marisol Sosa y, en «Ir a…» (Ctrl K),",
            f"       «Pedir a otra institución»: {sierra} contesta lo que el convenio permite.",
            "    2. Abra un encuentro, redacte y termine una nota de referencia; en «Ir a…»,",
            "       «Referir a otra institución».",
            f"    3. {de_sierra}: entre como admision, «Referencias»; léala, acéptela y cite a la",
            "       paciente. Entre como medica: atiéndala, termine una nota de contrarreferencia",
            "       y, en «Ir a…», «Referir a otra institución», conteste con ella.",
            f"    4. {de_valle}: como medica, lea la contrarreferencia y cierre la referencia.",
            "",
            "  Cada hospital es testigo de la bitácora del otro:",
            f"    {de_valle}/verificar/bitacora/",
            f"    {de_sierra}/verificar/bitacora/",
            "",
        ]
    )
