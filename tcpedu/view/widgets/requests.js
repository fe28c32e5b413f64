// 커널에 보내는 부탁을 한 번에 하나로 줄인다: 끄는 동안 커널에 일이 쌓이지 않게 한다.

/**
 * 대답을 기다리는 동안의 부탁은 `join(앞, 뒤)`으로 합쳐 두었다가 보낸다. 합칠 수 없으면 `join`은 null을 돌려준다.
 * `busy(참/거짓)`은 기다리기 시작하고 끝날 때 불린다. 나누어 보내는 대답(`scene.more`)이면 마지막 것까지 기다린다.
 */
function oneByOne(model, ask, join, busy = () => {}) {
  const PATIENCE = 20000; // 커널이 없으면 대답은 오지 않는다. 그래도 언젠가는 다시 보낼 수 있어야 한다.
  let flying = null;
  let waiting = [];
  let timer = 0;

  function next() {
    clearTimeout(timer);
    flying = waiting.shift() ?? null;
    busy(flying !== null);
    if (!flying) return;
    timer = setTimeout(next, PATIENCE);
    ask(flying);
  }
  function answered() {
    if (!model.get("scene").more) return next();
    clearTimeout(timer);
    timer = setTimeout(next, PATIENCE);
  }
  function send(request) {
    const joined = waiting.length ? join(waiting[waiting.length - 1], request) : null;
    if (joined) waiting.pop();
    waiting.push(joined ?? request);
    if (!flying) next();
  }
  model.on("change:scene", answered);
  send.pending = () => [flying, ...waiting].filter(Boolean);
  send.stop = () => {
    clearTimeout(timer);
    model.off("change:scene", answered);
  };
  return send;
}

/** 조절 값을 보낸다. 기다리는 것과 합쳐, 이름마다 마지막 값만 보낸다. */
function settingSender(model, ask, busy) {
  const send = oneByOne(model, ask, (before, request) => ({ do: "set", values: { ...before.values, ...request.values } }), busy);
  return {
    set: (name, value) => send({ do: "set", values: { [name]: value } }),
    pending: (name) => send.pending().some((request) => name in request.values),
    stop: send.stop,
  };
}
