import { writeFileSync, rmSync, copyFileSync } from 'node:fs'
import { openChdbEventStore } from './src/store/clickhouse/index.ts'
import { makeCertificates } from './bench/certificates/make-certificates.ts'
import { readCertificates } from './src/ingest/certificates.ts'
rmSync('/tmp/t6',{recursive:true,force:true})
const s = await openChdbEventStore('/tmp/t6'); await s.migrate()
const c = makeCertificates(1), N=20000
const pem=Buffer.from(Array.from({length:N},()=>`-----BEGIN CERTIFICATE-----\n${Buffer.from(c(800000)).toString('base64')}\n-----END CERTIFICATE-----\n`).join(''))
const recs=readCertificates(pem,new Date())
const lines=recs.map((r,i)=>`${r.certificate}\t${i}\n`).join('')
console.log('line bytes',Math.round(lines.length/N),'sighting',Math.round(recs.map(r=>r.line.length).reduce((a,b)=>a+b)/N))
for(let r=0;r<2;r++){
writeFileSync('/tmp/t6.chunk',lines)
for(const st of ['take-certificates','take-certificate-pivots','take-certificate-names','take-certificate-aliases']){
 copyFileSync('/tmp/t6.chunk','/tmp/t6c.chunk')
 const ch=await s.stageChunk('/tmp/t6c.chunk')
 const u=process.cpuUsage(),a=performance.now();await s.insert(st,{chunk:ch,token:st+r});const d=process.cpuUsage(u)
 console.log(st,'wall',(performance.now()-a).toFixed(0),'ms cpu',((d.user+d.system)/1000).toFixed(0),'ms per cert us',((d.user+d.system)/N).toFixed(1));await ch.release()
}}
await s.close()
