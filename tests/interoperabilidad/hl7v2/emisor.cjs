// A sender of node-hl7-client: sends one message and prints what acknowledges it.
const { Client, Message } = require("node-hl7-client");
const [port, text] = process.argv.slice(-2);
const client = new Client({ host: "127.0.0.1" });
const outbound = client.createConnection({ port: Number(port), waitAck: true }, async (res) => {
  const ack = res.getMessage();
  console.log(`${ack.get("MSA.1").toString()} ${ack.get("MSA.2").toString()}`);
  await outbound.close();
  process.exit(0);
});
outbound.sendMessage(new Message({ text })).catch((error) => {
  console.error(error);
  process.exit(1);
});
