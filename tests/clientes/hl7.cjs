// A sender of node-hl7-client: says each message of a JSON list in turn, on one connection, and
// prints what acknowledges each, as JSON.
const { Client, Message } = require("node-hl7-client");
const [puerto, archivo] = process.argv.slice(2);
const textos = JSON.parse(require("fs").readFileSync(archivo, "utf8"));
const client = new Client({ host: "127.0.0.1" });
const acuses = [];
const outbound = client.createConnection({ port: Number(puerto), waitAck: true }, async (res) => {
  acuses.push(res.getMessage().toString());
  if (acuses.length < textos.length) {
    await outbound.sendMessage(new Message({ text: textos[acuses.length] }));
    return;
  }
  console.log(JSON.stringify(acuses));
  await outbound.close();
  process.exit(0);
});
outbound.sendMessage(new Message({ text: textos[0] })).catch((error) => {
  console.error(error);
  process.exit(1);
});
