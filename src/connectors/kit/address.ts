import { lookup } from "node:dns";
import type { LookupAddress, LookupAllOptions } from "node:dns";
import { BlockList, isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { RequestRefused } from "../../domain/errors.js";

/** Link-local (with the clouds' metadata), unspecified, multicast, broadcast: no system of a company lives there. */
const never = new BlockList();
never.addSubnet("0.0.0.0", 8);
never.addSubnet("169.254.0.0", 16);
never.addAddress("100.100.100.200");
never.addSubnet("224.0.0.0", 3);
never.addAddress("::", "ipv6");
never.addSubnet("fe80::", 10, "ipv6");
never.addSubnet("ff00::", 8, "ipv6");
never.addAddress("fd00:ec2::254", "ipv6");
// The same in the clothes of NAT64 and 6to4; mapped addresses (::ffff:…) are told from IPv4 ones by BlockList itself.
never.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
never.addSubnet("2002:a9fe::", 32, "ipv6");

const inside = new BlockList();
inside.addSubnet("10.0.0.0", 8);
inside.addSubnet("100.64.0.0", 10);
inside.addSubnet("127.0.0.0", 8);
inside.addSubnet("172.16.0.0", 12);
inside.addSubnet("192.0.0.0", 24);
inside.addSubnet("192.168.0.0", 16);
inside.addSubnet("198.18.0.0", 15);
inside.addAddress("::1", "ipv6");
inside.addSubnet("::", 96, "ipv6");
inside.addSubnet("64:ff9b::", 96, "ipv6");
inside.addSubnet("64:ff9b:1::", 48, "ipv6");
inside.addSubnet("2002::", 16, "ipv6");
inside.addSubnet("fc00::", 7, "ipv6");

/** What may be spoken to: public addresses; the company's own network where the system or the admin's own words say so. */
export interface AddressRule {
  /** Host of the configured address; a literal address or "localhost" there is the admin's word. */
  readonly host: string;
  readonly privateNetwork: boolean;
}

function refuses(address: string, host: string, rule: AddressRule): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (never.check(address, family)) return true;
  const admitted = rule.privateNetwork || (host === rule.host && (isIP(bare(host)) !== 0 || host === "localhost"));
  return !admitted && inside.check(address, family);
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/** A literal address is never looked up, so it is checked before the call. `host` as `URL.hostname` gives it. */
export function checkLiteral(host: string, rule: AddressRule, system: string): void {
  if (isIP(bare(host)) !== 0 && refuses(bare(host), host, rule)) {
    throw new RequestRefused(`${system}: ${host} is not an address that may be called`, { system });
  }
}

/** Asks the name server for every address of a name. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Checks what a name leads to and hands exactly that to the socket: a second answer of the name server changes nothing. */
export function checkedLookup(rule: AddressRule, system: string, resolve: Resolve = lookup): LookupFunction {
  return (host, options, answer) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return answer(error, []);
      const refused = addresses.find(({ address }) => refuses(address, host, rule));
      if (refused)
        return answer(new RequestRefused(`${system}: ${host} leads to ${refused.address}, which may not be called`, { system }), []);
      const first = addresses[0];
      return options.all || !first ? answer(null, addresses) : answer(null, first.address, first.family);
    });
  };
}
