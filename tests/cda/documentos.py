"""Invented clinical documents of another institution, in the manner of C-CDA R2.1."""

XOCHITL = ("Xóchitl", "Ibáñez Peña", "19840517", "F")
_CCDA = "2.16.840.1.113883.10.20.22"
RAIZ = "2.16.840.1.113883.3.9999.1"
EXPEDIENTE_AJENO = "2.16.840.1.113883.3.9999.2"
CURP = "2.16.840.1.113883.4.629"


def ccda(
    numero: str = "DOC-1",
    *,
    quien: tuple[str, str, str, str] = XOCHITL,
    ids: tuple[tuple[str, str], ...] = ((EXPEDIENTE_AJENO, "H-77"),),
    secciones: str = "",
    titulo: str = "Resumen de atención",
) -> bytes:
    """A continuity document; `secciones` are added after those of allergies, problems, medicines,
    vaccines and results."""
    nombre, apellidos, nacio, sexo = quien
    papeles = "".join(f'<id root="{raiz}" extension="{valor}"/>' for raiz, valor in ids)
    familias = "".join(f"<family>{a}</family>" for a in apellidos.split())
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="https://ejemplo.invalid/CDA.xsl"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <templateId root="{_CCDA}.1.2" extension="2015-08-01"/>
  <id root="{RAIZ}" extension="{numero}"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Resumen de episodio"/>
  <title>{titulo}</title>
  <effectiveTime value="20261001103000-0600"/>
  <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
  <languageCode code="es-MX"/>
  <recordTarget><patientRole>{papeles}
    <addr nullFlavor="NI"/><telecom nullFlavor="NI"/>
    <patient><name><given>{nombre}</given>{familias}</name>
      <administrativeGenderCode code="{sexo}" codeSystem="2.16.840.1.113883.5.1"/>
      <birthTime value="{nacio}"/></patient>
  </patientRole></recordTarget>
  <author><time value="20261001103000-0600"/><assignedAuthor><id nullFlavor="NI"/>
    <assignedPerson><name><given>Bruno</given><family>Cauich</family></name></assignedPerson>
  </assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><id nullFlavor="NI"/>
    <name>Clínica del Mayab</name></representedCustodianOrganization></assignedCustodian>
  </custodian>
  <component><structuredBody>
    {_ALERGIAS}{_PROBLEMAS}{_MEDICINAS}{_VACUNAS}{_RESULTADOS}{secciones}
  </structuredBody></component>
</ClinicalDocument>
""".encode()


def seccion(codigo: str, titulo: str, texto: str, entradas: str = "") -> str:
    return f"""<component><section>
      <code code="{codigo}" codeSystem="2.16.840.1.113883.6.1"/><title>{titulo}</title>
      <text>{texto}</text>{entradas}
    </section></component>"""


_ALERGIAS = seccion(
    "48765-2",
    "Alergias",
    '<list><item><content ID="a1">Penicilina: urticaria</content></item></list>',
    f"""<entry><act classCode="ACT" moodCode="EVN"><templateId root="{_CCDA}.4.30"/>
      <id root="0d5a3a2e-0000-4000-8000-000000000001"/>
      <code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/>
      <effectiveTime><low value="2010"/></effectiveTime>
      <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
        <templateId root="{_CCDA}.4.7"/><id root="0d5a3a2e-0000-4000-8000-000000000002"/>
        <code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>
        <statusCode code="completed"/><effectiveTime><low value="2010"/></effectiveTime>
        <value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96"/>
        <participant typeCode="CSM"><participantRole classCode="MANU">
          <playingEntity classCode="MMAT">
            <code code="70618" codeSystem="2.16.840.1.113883.6.88" displayName="Penicilina"/>
          </playingEntity></participantRole></participant>
        <entryRelationship typeCode="MFST" inversionInd="true">
          <observation classCode="OBS" moodCode="EVN"><templateId root="{_CCDA}.4.9"/>
          <id root="0d5a3a2e-0000-4000-8000-000000000003"/>
          <code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>
          <statusCode code="completed"/>
          <value xsi:type="CD" code="126485001" codeSystem="2.16.840.1.113883.6.96"
            displayName="Urticaria"/></observation></entryRelationship>
      </observation></entryRelationship></act></entry>
    <entry><act classCode="ACT" moodCode="EVN"><templateId root="{_CCDA}.4.30"/>
      <id nullFlavor="NI"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
      <statusCode code="active"/><effectiveTime><low value="2010"/></effectiveTime>
      <entryRelationship typeCode="SUBJ">
        <observation classCode="OBS" moodCode="EVN" negationInd="true">
        <templateId root="{_CCDA}.4.7"/><id nullFlavor="NI"/>
        <code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/>
        <value xsi:type="CD" code="414285001" codeSystem="2.16.840.1.113883.6.96"/>
        <participant typeCode="CSM"><participantRole classCode="MANU">
          <playingEntity classCode="MMAT"><code nullFlavor="OTH"/><name>Mariscos</name>
        </playingEntity></participantRole></participant>
      </observation></entryRelationship></act></entry>""",
)


def problema(clave: str, sistema: str, dicho: str, id_: str, fin: str = "") -> str:
    alto = f'<high value="{fin}"/>' if fin else ""
    return f"""<entry><act classCode="ACT" moodCode="EVN"><templateId root="{_CCDA}.4.3"/>
      <id root="0d5a3a2e-0000-4000-8000-0000000{id_}"/>
      <code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
      <statusCode code="{"completed" if fin else "active"}"/>
      <effectiveTime><low value="20200301"/></effectiveTime>
      <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
        <templateId root="{_CCDA}.4.4"/><id root="0d5a3a2e-0000-4000-8001-0000000{id_}"/>
        <code code="55607006" codeSystem="2.16.840.1.113883.6.96"/>
        <statusCode code="completed"/>
        <effectiveTime><low value="20200301"/>{alto}</effectiveTime>
        <value xsi:type="CD" code="{clave}" codeSystem="{sistema}" displayName="{dicho}"/>
      </observation></entryRelationship></act></entry>"""


_PROBLEMAS = seccion(
    "11450-4",
    "Problemas",
    "<table><thead><tr><th>Problema</th></tr></thead><tbody><tr><td>Hipertensión arterial</td></tr>"
    "<tr><td>Neumonía, resuelta</td></tr></tbody></table>",
    problema("I10X", "2.16.840.1.113883.6.3", "Hipertensión esencial (primaria)", "00010")
    + problema("233604007", "2.16.840.1.113883.6.96", "Neumonía", "00020", "20200401"),
)
_MEDICINAS = seccion(
    "10160-0",
    "Medicamentos",
    '<paragraph ID="m1">Losartán 50 mg cada 12 horas</paragraph>',
    f"""<entry><substanceAdministration classCode="SBADM" moodCode="EVN">
      <templateId root="{_CCDA}.4.16"/><id root="0d5a3a2e-0000-4000-8000-000000000030"/>
      <text><reference value="#m1"/></text><statusCode code="active"/>
      <effectiveTime xsi:type="IVL_TS"><low value="20200301"/></effectiveTime>
      <effectiveTime xsi:type="PIVL_TS" operator="A"><period value="12" unit="h"/></effectiveTime>
      <routeCode code="C38288" codeSystem="2.16.840.1.113883.3.26.1.1" displayName="Oral"/>
      <doseQuantity value="50" unit="mg"/>
      <consumable><manufacturedProduct classCode="MANU"><templateId root="{_CCDA}.4.23"/>
        <manufacturedMaterial><code code="979485" codeSystem="2.16.840.1.113883.6.88"
          displayName="Losartán 50 mg tableta"/></manufacturedMaterial></manufacturedProduct>
      </consumable></substanceAdministration></entry>""",
)
_VACUNAS = seccion(
    "11369-6",
    "Vacunas",
    "<paragraph>Influenza</paragraph>",
    f"""<entry><substanceAdministration classCode="SBADM" moodCode="EVN" negationInd="false">
      <templateId root="{_CCDA}.4.52"/><id root="0d5a3a2e-0000-4000-8000-000000000040"/>
      <statusCode code="completed"/><effectiveTime value="20251015"/>
      <consumable><manufacturedProduct classCode="MANU"><manufacturedMaterial>
        <code code="88" codeSystem="2.16.840.1.113883.12.292" displayName="Influenza"/>
        <lotNumberText>L-9</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable>
    </substanceAdministration></entry>""",
)
_RESULTADOS = seccion(
    "30954-2",
    "Resultados",
    "<paragraph>Hemoglobina 13.2 g/dL</paragraph>",
    f"""<entry><organizer classCode="BATTERY" moodCode="EVN"><templateId root="{_CCDA}.4.1"/>
      <id root="0d5a3a2e-0000-4000-8000-000000000050"/>
      <code code="57021-8" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/>
      <component><observation classCode="OBS" moodCode="EVN"><templateId root="{_CCDA}.4.2"/>
        <id root="0d5a3a2e-0000-4000-8000-000000000051"/>
        <code code="718-7" codeSystem="2.16.840.1.113883.6.1" displayName="Hemoglobina"/>
        <statusCode code="completed"/><effectiveTime value="20260930080000-0600"/>
        <value xsi:type="PQ" value="13.2" unit="g/dL"/></observation></component>
    </organizer></entry>""",
)
