import { BlockList, isIP } from "node:net";

const own = new BlockList();
own.addSubnet("127.0.0.0", 8);
own.addSubnet("10.0.0.0", 8);
own.addSubnet("172.16.0.0", 12);
own.addSubnet("192.168.0.0", 16);
own.addSubnet("169.254.0.0", 16);
own.addAddress("::1", "ipv6");
own.addSubnet("fc00::", 7, "ipv6");
own.addSubnet("fe80::", 10, "ipv6");

/**
 * Is this model somebody else's? Judged by the address as it is written: loopback and private addresses, names without a dot (a
 * container beside us) and names that only a local network knows are ours. Without an address it is the vendor's.
 */
export function isOutside(baseUrl: string | undefined): boolean {
  if (!baseUrl) return true;
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const version = isIP(host);
  if (version !== 0) return !own.check(host, version === 4 ? "ipv4" : "ipv6");
  return host.includes(".") && !/\.(?:local|localhost|internal|lan|home\.arpa)$/.test(host);
}
