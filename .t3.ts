import { makeCertificates } from './bench/certificates/make-certificates.ts'
import { readCertificates } from './src/ingest/certificates.ts'
const c = makeCertificates(1)
const N=20000
const pem=Buffer.from(Array.from({length:N},()=>`-----BEGIN CERTIFICATE-----\n${Buffer.from(c(800000)).toString('base64')}\n-----END CERTIFICATE-----\n`).join(''))
for(let r=0;r<6;r++){const u=process.cpuUsage();readCertificates(pem,new Date());const d=process.cpuUsage(u);console.log(Math.round(N/((d.user+d.system)/1e6)),'/s cpu')}
