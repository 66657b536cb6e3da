// Log in with the Node.js driver and ask who we are. Its argument is the form.
const crypto = require("node:crypto");
const { createRequire } = require("node:module");
const path = require("node:path");

const environment = process.env;
const snowflake = createRequire(path.join(environment.NODE_PACKAGES, "x.js"))("snowflake-sdk");
snowflake.configure({ logLevel: "OFF" });

const opened = (key, rest) =>
  crypto
    .createPrivateKey({ key, passphrase: environment.SNOWFLAKE_PASSPHRASE, ...rest })
    .export({ format: "pem", type: "pkcs8" });

const pass = environment.SNOWFLAKE_PASSPHRASE && { privateKeyPass: environment.SNOWFLAKE_PASSPHRASE };
const forms = {
  text: () => ({ privateKey: environment.SNOWFLAKE_KEY, ...pass }),
  file: () => ({ privateKeyPath: environment.SNOWFLAKE_KEY_FILE, ...pass }),
  opened: () => ({ privateKey: opened(environment.SNOWFLAKE_KEY, { format: "pem" }) }),
  whole: () => ({ privateKey: opened(JSON.parse(environment.SNOWFLAKE_KEY).privateKey, { format: "pem" }) }),
  der: () => ({
    privateKey: opened(Buffer.from(environment.SNOWFLAKE_KEY, "base64"), { format: "der", type: "pkcs8" }),
  }),
};

const connection = snowflake.createConnection({
  account: environment.SNOWFLAKE_ACCOUNT,
  username: environment.SNOWFLAKE_USER,
  accessUrl: `http://${environment.SNOWFLAKE_HOST}:${environment.SNOWFLAKE_PORT}`,
  authenticator: "SNOWFLAKE_JWT",
  ...forms[process.argv[2]](),
});

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

connection.connect((refused) => {
  if (refused) fail(refused.message);
  connection.execute({
    sqlText: "SELECT CURRENT_USER()",
    complete: (error, _, rows) => {
      if (error) fail(error.message);
      const [user] = Object.values(rows[0]);
      if (user !== environment.SNOWFLAKE_USER) fail(`CURRENT_USER() answered ${user}`);
      connection.destroy((problem) => (problem ? fail(problem.message) : process.exit(0)));
    },
  });
});
