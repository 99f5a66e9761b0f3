"""What is called besides FHIR's interactions: discovery, jobs, tokens, agreements, CDA, HL7 v2."""

from collections.abc import Iterator

from interoperabilidad.convenios.vistas import LARGO
from interoperabilidad.fhir import capacidades
from interoperabilidad.masivo.pedidos import NDJSON
from interoperabilidad.oauth.vistas import CONCESIONES
from interoperabilidad.openapi import piezas
from interoperabilidad.openapi.interacciones import FORMA
from interoperabilidad.openapi.piezas import (
    BASE,
    TEXTO,
    Camino,
    Pieza,
    esquema,
    objeto,
    operacion,
    respuesta,
)

FORMULARIO = "application/x-www-form-urlencoded"
ER7 = "x-application/hl7-v2+er7"
BOLEANO: Pieza = {"type": "boolean"}
CASERO = "application/json"


def _json(que: Pieza) -> Pieza:
    return {CASERO: {"schema": que}}


def caminos() -> Iterator[Camino]:
    yield from _publicas()
    yield from _trabajos()
    yield from _oauth()
    yield from _convenios()
    yield from _mensajes()


def _publicas() -> Iterator[Camino]:
    llaves = _json(objeto(keys=piezas.lista(objeto(kty=TEXTO, kid=TEXTO))))
    for camino, id_, dice, contenido, falla in (
        (
            f"{BASE}/metadata",
            "metadata",
            "Lo que este servidor hace",
            piezas.en_fhir(esquema("CapabilityStatement")),
            True,
        ),
        (
            f"{BASE}/.well-known/smart-configuration",
            "smart-configuration",
            "La configuración SMART",
            _json(objeto(token_endpoint=TEXTO, capabilities=piezas.lista(TEXTO))),
            False,
        ),
        (f"{BASE}/.well-known/jwks.json", "jwks", "Con qué se firman los avisos", llaves, False),
        ("/api/convenios/llaves", "llaves", "Nuestras llaves públicas", llaves, False),
        (
            "/api/esquema/",
            "esquema",
            "Esta descripción",
            _json(objeto(openapi=TEXTO, paths={"type": "object"})),
            False,
        ),
    ):
        respuestas = {200: respuesta(f"{dice}.", contenido)}
        if falla:
            respuestas[406] = piezas.cita("responses", "Fallo406")
        yield (
            camino,
            "get",
            operacion(
                id_,
                dice,
                "Descubrimiento",
                respuestas,
                parametros=FORMA if falla else (),
                abierta=True,
            ),
        )


def _trabajos() -> Iterator[Camino]:
    manifiesto = objeto(
        transactionTime=TEXTO,
        request=TEXTO,
        requiresAccessToken=BOLEANO,
        output=piezas.lista(objeto(type=TEXTO, url=TEXTO)),
        error=piezas.lista(objeto(type=TEXTO, url=TEXTO)),
    )
    ndjson = {200: respuesta("Un recurso por renglón.", {NDJSON: {}})}
    for cual, archivo, suyos in (
        ("export", "{tipo}-{archivo}", ("trabajo", "tipo-de-archivo", "archivo")),
        ("import", "{archivo}", ("trabajo", "archivo")),
    ):
        camino = f"{BASE}/${cual}-status/{{trabajo}}"
        yield (
            camino,
            "get",
            operacion(
                f"{cual}-status",
                "Cómo va, o qué resultó",
                "Bulk Data",
                {
                    200: respuesta("Terminó.", _json(manifiesto), "Expires"),
                    202: respuesta("Sigue.", None, "X-Progress", "Retry-After"),
                },
                parametros=("trabajo",),
            ),
        )
        yield (
            camino,
            "delete",
            operacion(
                f"{cual}-delete",
                "Detener, y olvidar",
                "Bulk Data",
                {202: respuesta("Se olvidó.")},
                parametros=("trabajo",),
            ),
        )
        yield (
            f"{camino}/{archivo}.ndjson",
            "get",
            operacion(f"{cual}-file", "Un archivo", "Bulk Data", ndjson, parametros=suyos),
        )


def _oauth() -> Iterator[Camino]:
    fallo = _json(objeto(error=TEXTO))
    negadas = {
        400: respuesta("No se admite.", fallo),
        401: respuesta("No es un cliente de aquí.", fallo),
    }
    emitido = objeto(
        access_token=TEXTO, token_type=TEXTO, expires_in={"type": "integer"}, scope=TEXTO
    )
    quien = dict.fromkeys(
        ("client_id", "client_secret", "client_assertion", "client_assertion_type"), TEXTO
    )
    del_token = {
        "grant_type": {"type": "string", "enum": list(CONCESIONES)},
        "scope": TEXTO,
        **dict.fromkeys(("code", "redirect_uri", "code_verifier", "refresh_token"), TEXTO),
    }
    de_uno = {"token": TEXTO, "token_type_hint": TEXTO}
    for nombre, dice, exito, campos, requeridos in (
        ("token", "Un token", respuesta("El token.", _json(emitido)), del_token, ["grant_type"]),
        ("revoke", "Revoca un token (RFC 7009)", respuesta("Ya no sirve."), de_uno, ["token"]),
        (
            "introspect",
            "Lo que vale un token (RFC 7662)",
            respuesta("Lo que vale.", _json(objeto(active=BOLEANO))),
            de_uno,
            ["token"],
        ),
    ):
        forma = {"type": "object", "required": requeridos, "properties": {**campos, **quien}}
        hecha = operacion(
            f"oauth-{nombre}",
            dice,
            "OAuth 2",
            {200: exito, **negadas},
            cuerpo=piezas.cuerpo({FORMULARIO: {"schema": forma}}),
            abierta=True,
        )
        yield f"/oauth/{nombre}", "post", {**hecha, "security": [{"secreto": []}, {}]}


def _convenios() -> Iterator[Camino]:
    de_uno = ("convenio",)
    ficha = _json(esquema("Convenio"))
    jws = {"application/jose": {"schema": {"type": "string", "maxLength": LARGO}}}
    for camino, metodo, dice, contenido, suyos, cuerpo in (
        (
            "",
            "get",
            "Sus convenios",
            _json(objeto(convenios=piezas.lista(esquema("Convenio")))),
            (),
            None,
        ),
        ("{convenio}", "get", "Uno, y lo que se intercambió por él", ficha, de_uno, None),
        ("{convenio}/terminos", "get", "Lo que se firma", _json({"type": "object"}), de_uno, None),
        ("{convenio}/firma", "post", "Su firma, un JWS", ficha, de_uno, piezas.cuerpo(jws)),
    ):
        yield (
            f"/api/convenios/{camino}",
            metodo,
            operacion(
                f"convenios-{camino.rpartition('/')[2].strip('{}') or 'lista'}",
                dice,
                "Convenios",
                {200: respuesta(f"{dice}.", contenido)},
                falla=(409, 422) if cuerpo else (),
                parametros=suyos,
                cuerpo=cuerpo,
            ),
        )


def _mensajes() -> Iterator[Camino]:
    dicho = piezas.en_fhir(esquema("OperationOutcome"))
    yield (
        "/cda/",
        "post",
        operacion(
            "cda",
            "Un documento clínico (CDA R2)",
            "Documentos",
            {
                201: respuesta("Se archivó.", dicho, "Location"),
                202: respuesta("Espera a que una persona vea de quién es.", dicho),
            },
            falla=(409,),
            cuerpo=piezas.cuerpo({"text/xml": {}, "application/xml": {}, "application/zip": {}}),
        ),
    )
    llano = {"text/plain": {"schema": TEXTO}}
    er7 = {ER7: {"schema": TEXTO}}
    yield (
        "/hl7v2/",
        "post",
        operacion(
            "hl7v2",
            "Un mensaje HL7 v2; la respuesta es su acuse",
            "HL7 v2",
            {
                200: respuesta("El acuse, que dice si se tomó.", er7),
                401: respuesta("Sin credencial.", llano, "WWW-Authenticate"),
                413: respuesta("El mensaje es demasiado grande.", llano),
                415: respuesta("No es un mensaje HL7 v2.", llano),
            },
            cuerpo=piezas.cuerpo(er7),
            abierta=True,
        )
        | {"security": [{"smart": []}]},
    )


def componentes() -> tuple[Pieza, Pieza]:
    """Schemas and parameters that these paths cite."""
    firma = objeto(parte=TEXTO, kid=TEXTO, firmada=TEXTO)
    convenio = objeto(
        **dict.fromkeys(("id", "folio", "estado", "desde", "hasta", "motivo"), TEXTO),
        firmas=piezas.lista(firma),
    )
    cual = piezas.en("path", "convenio", {"type": "string", "format": "uuid"})
    return {"Convenio": convenio}, {"convenio": cual}


def seguridad(raiz: str) -> Pieza:
    """The schemes, from the SMART configuration."""
    smart = capacidades.smart(raiz)
    ambitos = dict.fromkeys(smart["scopes_supported"], "")
    con_token = {"tokenUrl": smart["token_endpoint"], "scopes": ambitos}
    return {
        "smart": {
            "type": "oauth2",
            "flows": {
                "clientCredentials": con_token,
                "authorizationCode": {
                    **con_token,
                    "authorizationUrl": smart["authorization_endpoint"],
                },
            },
        },
        "secreto": {"type": "http", "scheme": "basic"},
    }
