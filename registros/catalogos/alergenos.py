"""What people are most often allergic to, to choose from; anything else is typed."""

from django.utils.translation import gettext_noop as _

SISTEMA_AUSENTE = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NINGUNA = "no-known-allergies"
"""IPS: the fact that a person says they have no known allergies."""
NIEGA = _("Niega alergias conocidas")

ALERGENOS: dict[str, tuple[str, ...]] = {
    "medication": (
        *(_("Penicilina"), _("Amoxicilina"), _("Ampicilina"), _("Cefalosporinas")),
        *(_("Sulfonamidas"), _("Trimetoprima con sulfametoxazol"), _("Ciprofloxacino")),
        *(_("Ácido acetilsalicílico"), _("Ibuprofeno"), _("Naproxeno"), _("Diclofenaco")),
        *(_("Ketorolaco"), _("Metamizol"), _("Paracetamol"), _("Tramadol"), _("Morfina")),
        *(_("Carbamazepina"), _("Fenitoína"), _("Lamotrigina"), _("Alopurinol")),
        *(_("Lidocaína"), _("Medio de contraste yodado"), _("Captopril"), _("Enalapril")),
        *(_("Insulina"), _("Heparina"), _("Vancomicina"), _("Eritromicina"), _("Nitrofurantoína")),
    ),
    "food": (
        *(_("Leche de vaca"), _("Huevo"), _("Cacahuate"), _("Nueces"), _("Camarón y mariscos")),
        *(_("Pescado"), _("Soya"), _("Trigo"), _("Fresa"), _("Cítricos"), _("Chocolate")),
    ),
    "environment": (
        *(_("Polen"), _("Ácaros del polvo"), _("Moho"), _("Pelo de gato"), _("Pelo de perro")),
        *(_("Picadura de abeja"), _("Picadura de alacrán"), _("Látex"), _("Níquel")),
    ),
    "biologic": (_("Suero antialacrán"), _("Toxoide tetánico"), _("Gelatina de vacunas")),
}
"""category of AllergyIntolerance -> substances."""
