/**
 * Columns of the Zeek logs written here: `name type` in the order Zeek 8.0 writes them with the stock `local.zeek`
 * (validate-certs) and community-id-logging. Seen in zeek/zeek testing/btest/Baseline (ssl, x509, postgresql),
 * scripts/base/protocols/postgresql/main.zeek, and the release notes of 7.1 (`ip_proto`).
 */

const connection = 'ts time,uid string,id.orig_h addr,id.orig_p port,id.resp_h addr,id.resp_p port'

export const zeekColumns = {
  conn: `${connection},proto enum,service string,duration interval,orig_bytes count,resp_bytes count,conn_state string,local_orig bool,local_resp bool,missed_bytes count,history string,orig_pkts count,orig_ip_bytes count,resp_pkts count,resp_ip_bytes count,tunnel_parents set[string],ip_proto count,community_id string`,
  ssl: `${connection},version string,cipher string,curve string,server_name string,resumed bool,last_alert string,next_protocol string,established bool,ssl_history string,cert_chain_fps vector[string],client_cert_chain_fps vector[string],sni_matches_cert bool,validation_status string`,
  x509: 'ts time,fingerprint string,certificate.version count,certificate.serial string,certificate.subject string,certificate.issuer string,certificate.not_valid_before time,certificate.not_valid_after time,certificate.key_alg string,certificate.sig_alg string,certificate.key_type string,certificate.key_length count,certificate.exponent string,certificate.curve string,san.dns vector[string],san.uri vector[string],san.email vector[string],san.ip vector[addr],basic_constraints.ca bool,basic_constraints.path_len count,host_cert bool,client_cert bool',
  notice: `${connection},fuid string,file_mime_type string,file_desc string,proto enum,note enum,msg string,sub string,src addr,dst addr,p port,n count,peer_descr string,actions set[enum],email_dest set[string],suppress_for interval,remote_location.country_code string,remote_location.region string,remote_location.city string,remote_location.latitude double,remote_location.longitude double`,
  dns: `${connection},proto enum,trans_id count,rtt interval,query string,qclass count,qclass_name string,qtype count,qtype_name string,rcode count,rcode_name string,AA bool,TC bool,RD bool,RA bool,Z count,answers vector[string],TTLs vector[interval],rejected bool`,
  http: `${connection},trans_depth count,method string,host string,uri string,referrer string,version string,user_agent string,origin string,request_body_len count,response_body_len count,status_code count,status_msg string,info_code count,info_msg string,tags set[enum],username string,password string,proxied set[string],orig_fuids vector[string],orig_filenames vector[string],orig_mime_types vector[string],resp_fuids vector[string],resp_filenames vector[string],resp_mime_types vector[string]`,
  postgresql: `${connection},user string,database string,application_name string,frontend string,frontend_arg string,backend string,backend_arg string,success bool,rows count`,
} as const

export type ZeekLog = keyof typeof zeekColumns

export function columnsOf(log: ZeekLog): readonly { readonly name: string; readonly type: string }[] {
  return zeekColumns[log].split(',').map(column => {
    const [name = '', type = ''] = column.split(' ')
    return { name, type }
  })
}
