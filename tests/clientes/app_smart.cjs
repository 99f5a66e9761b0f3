// An app made with the SMART JavaScript client (npm fhirclient), which nobody here wrote: it launches,
// reads the patient it was lent and what was measured of them, and says what it saw as JSON.
const { createServer } = require("http");
const smart = require("fhirclient");

const recuerdos = new Map();
const almacen = {
  get: async (clave) => recuerdos.get(clave),
  set: async (clave, valor) => (recuerdos.set(clave, valor), valor),
  unset: async (clave) => recuerdos.delete(clave),
};

const servidor = createServer(async (req, res) => {
  req.protocol = "http";
  const app = smart(req, res, () => almacen);
  const { pathname, searchParams } = new URL(req.url, `http://${req.headers.host}`);
  try {
    if (pathname === "/lanzar") {
      await app.authorize({
        clientId: "app",
        scope: searchParams.get("scope"),
        iss: searchParams.get("iss"),
        launch: searchParams.get("launch") || undefined,
        redirectUri: `http://${req.headers.host}/regreso`,
        pkceMode: "required",
      });
      return;
    }
    const cliente = await app.ready();
    const paciente = await cliente.patient.read();
    const medidas = await cliente.request(`Observation?patient=${cliente.patient.id}`, { flat: true });
    const fresco = await cliente.refresh();
    const negada = await cliente.request("Condition").catch((error) => error.status || String(error));
    res.setHeader("Content-Type", "application/json");
    res.end(
      JSON.stringify({
        paciente: paciente.id,
        medidas: medidas.length,
        encuentro: cliente.encounter.id,
        refrescado: Boolean(fresco.tokenResponse.access_token),
        negada,
      }),
    );
  } catch (error) {
    res.statusCode = 500;
    res.end(String((error && error.stack) || error));
  }
});
servidor.listen(0, "127.0.0.1", () => console.log(servidor.address().port));
