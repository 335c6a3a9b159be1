/* One connection to the switch: our microphone out, the call in, keys over a data channel. */
export { microphone } from "./microphone.js";

const GATHERING = 1000;

const gathered = (pc) => new Promise((done) => {
  const look = () => pc.iceGatheringState === "complete" && done();
  pc.addEventListener("icegatheringstatechange", look);
  setTimeout(done, GATHERING);
  look();
});

/* `said` hears "lost" too, and "here" when sound can pass, for the first time or again.
   `send` takes our offer (SDP) to the server and brings its answer; `said` hears the switch's words. */
export async function connect(stream, send, said) {
  const pc = new RTCPeerConnection({ iceServers: [] });
  const keys = pc.createDataChannel("keys"), ear = new Audio();
  ear.autoplay = true;
  keys.addEventListener("message", ({ data }) => said(data));
  keys.addEventListener("open", () => performance.mark("phone-connected")); /* the switch has this line */
  stream.getAudioTracks().forEach((track) => pc.addTrack(track, stream));
  pc.addEventListener("track", ({ streams }) => { ear.srcObject = streams[0]; ear.play().catch(() => {}); });
  pc.addEventListener("connectionstatechange", () => { 
    if (["failed", "disconnected"].includes(pc.connectionState)) said("lost");
    if (pc.connectionState === "connected") said("here");
  });
  await pc.setLocalDescription(await pc.createOffer());
  await gathered(pc);
  try {
    await pc.setRemoteDescription({ type: "answer", sdp: await send(pc.localDescription.sdp) });
  } catch (error) {
    pc.close();
    throw error;
  }
  return {
    pc,
    press: (key) => keys.readyState === "open" && keys.send(key),
    mute: (isMute) => stream.getAudioTracks().forEach((track) => { track.enabled = !isMute; }),
    close() { ear.srcObject = null; pc.close(); },
  };
}
