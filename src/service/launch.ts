import type { Variables } from "./places.js";

/** How a service starts codexcomp. All paths are absolute: a service has no PATH of the user's. */
export interface Launch {
  readonly node: string;
  readonly script: string;
  /** Behind the script: `run`, `--port=8787`, ... */
  readonly args: readonly string[];
  /** What the service needs of the environment it is installed from. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where it listens, `127.0.0.1:8787`, if that can be said in advance: managers that can hold the port for it. */
  readonly socket?: string | undefined;
}

/**
 * What a service does not inherit, and cannot do without: the way out of the network, whom to trust, where the
 * config file is, and where the journal is that `codexcomp stats` reads.
 */
const CARRIED = [
  ...["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  ...["XDG_CONFIG_HOME", "XDG_STATE_HOME"],
];

/**
 * The variables that go into the service. One with a password does not: unit files and property lists get shown around.
 *
 * @returns them, and the names of those that were left out
 */
export function carriedVariables(env: Variables): {
  readonly variables: Record<string, string>;
  readonly secret: readonly string[];
} {
  const set = CARRIED.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return {
    variables: Object.fromEntries(set.filter((each) => !isSecret(each))),
    secret: set.filter(isSecret).map(([name]) => name),
  };
}

/** Whether a URL, with or without its scheme, has a user or a password in it: nothing else needs the character. */
export function hasCredentials(url: string): boolean {
  return url.includes("@");
}

function isSecret([name, value]: readonly [string, string]): boolean {
  return /_proxy$/i.test(name) && hasCredentials(value);
}

/** Folders that are replaced at every update, and the link beside them that is not. */
const STABLE = [
  [/\/Cellar\/([^/]+)\/[^/]+\//, "/opt/$1/"],
  [/^\/snap\/node\/\d+\//, "/snap/node/current/"],
] as const;

/** The path of node that outlives updates, where there is one; else the path as it is. */
export function stableNode(execPath: string, exists: (path: string) => boolean): string {
  for (const [pattern, replacement] of STABLE) {
    const stable = execPath.replace(pattern, replacement);
    if (stable !== execPath && exists(stable)) return stable;
  }
  return execPath;
}

interface Manager {
  readonly name: string;
  /** In a path with forward slashes. */
  readonly path: RegExp;
  /** Installs the service with another version of Node. */
  readonly pin: string;
}

const MANAGERS: readonly Manager[] = [
  { name: "nvm", path: /\/versions\/node\/v[^/]+\/bin\//, pin: "nvm exec 22 codexcomp install-service" },
  { name: "nvm", path: /\/nvm\/v\d[^/]*\/node\.exe$/i, pin: "nvm use 22, then codexcomp install-service" },
  { name: "volta", path: /\/tools\/image\/node\//, pin: "volta run --node 22 codexcomp install-service" },
  {
    name: "fnm",
    path: /\/(?:node-versions|fnm_multishells)\//,
    pin: "fnm exec --using=22 codexcomp install-service",
  },
  {
    name: "asdf",
    path: /\/installs\/nodejs\//,
    pin: "ASDF_NODEJS_VERSION=VERSION codexcomp install-service",
  },
  { name: "mise", path: /\/mise\/installs\/node\//, pin: "mise exec node@22 -- codexcomp install-service" },
  { name: "Nix", path: /^\/nix\/store\//, pin: "a Node of your profile, then codexcomp install-service" },
];

/** What may pull the service's files from under it one day, and what to do about it. */
export function pathWarnings({ node, script }: Pick<Launch, "node" | "script">): string[] {
  const warnings: string[] = [];
  const manager = MANAGERS.find(({ path }) => path.test(node.replaceAll("\\", "/")));
  if (manager) {
    warnings.push(
      `the service uses ${node}, one version that ${manager.name} manages: switching versions does not disturb it, ` +
        `removing that version stops it. To pin another: ${manager.pin}`,
    );
  }
  if (/[\\/](?:_npx|dlx-[^\\/]*|dlx)[\\/]/.test(script)) {
    warnings.push(
      `the service uses ${script}, in a cache that may be emptied at any time. ` +
        "To pin it: npm install -g codexcomp && codexcomp install-service",
    );
  }
  return warnings;
}

/** Seconds that codexcomp may take to stop before the service manager kills it: those its turns have, and some. */
export function stopSeconds({ args }: Pick<Launch, "args">): number {
  const [, drain = "5"] = /^--drain-timeout=([\d.]+)$/.exec(args.findLast(isDrainTimeout) ?? "") ?? [];
  return Math.ceil(Number(drain)) + 5;
}

function isDrainTimeout(arg: string): boolean {
  return arg.startsWith("--drain-timeout=");
}

/** The port a service's file tells codexcomp to listen on. */
export function portIn(text: string): number {
  return Number(/--port=(\d+)/.exec(text)?.[1] ?? 8787);
}
