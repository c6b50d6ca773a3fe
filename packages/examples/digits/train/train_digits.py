"""Run in the folder of the models: `python train/train_digits.py` (about 13 s of CPU).
Trains two digit classifiers on scikit-learn's bundled digits data (1797 8x8 images) and writes ONNX files
plus the held-out test images. Both models take float32 [batch, 64] pixels in 0..16 and return probabilities [batch, 10]."""
import json, numpy as np, onnx, torch
from onnx import helper, TensorProto, numpy_helper
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
import onnxruntime as ort
torch.manual_seed(0); torch.set_num_threads(1)
X, y = load_digits(return_X_y=True); X = X.astype(np.float32)
Xtr, Xte, ytr, yte = train_test_split(X, y, test_size=360, random_state=0, stratify=y)
# (a) multinomial logistic regression, written by hand as Mul -> Gemm -> Softmax (+ ArgMax)
lr = LogisticRegression(max_iter=2000, C=.5).fit(Xtr / 16, ytr)
W = (lr.coef_.T / 16).astype(np.float32); b = lr.intercept_.astype(np.float32)
g = helper.make_graph([helper.make_node('Gemm', ['pixels', 'W', 'b'], ['logits']), helper.make_node('Softmax', ['logits'], ['probabilities'], axis=1), helper.make_node('ArgMax', ['logits'], ['label'], axis=1, keepdims=0)], 'digits_logreg',
    [helper.make_tensor_value_info('pixels', TensorProto.FLOAT, ['batch', 64])],
    [helper.make_tensor_value_info('probabilities', TensorProto.FLOAT, ['batch', 10]), helper.make_tensor_value_info('label', TensorProto.INT64, ['batch'])],
    [numpy_helper.from_array(W, 'W'), numpy_helper.from_array(b, 'b')])
m = helper.make_model(g, opset_imports=[helper.make_opsetid('', 17)], producer_name='handmade'); m.ir_version = 8
onnx.checker.check_model(m); onnx.save(m, 'digits-logreg.onnx')
# (b) small CNN in torch
class Net(torch.nn.Module):
    def __init__(s):
        super().__init__()
        s.c1 = torch.nn.Conv2d(1, 16, 3, padding=1); s.c2 = torch.nn.Conv2d(16, 32, 3, padding=1); s.f1 = torch.nn.Linear(32 * 16, 64); s.f2 = torch.nn.Linear(64, 10); s.d = torch.nn.Dropout(.3)
    def logits(s, p):
        h = (p / 16).reshape(-1, 1, 8, 8); h = torch.relu(s.c1(h)); h = torch.max_pool2d(torch.relu(s.c2(h)), 2); return s.f2(s.d(torch.relu(s.f1(h.flatten(1)))))
    def forward(s, pixels):
        l = s.logits(pixels); return torch.softmax(l, 1), torch.argmax(l, 1)
net = Net(); opt = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-2); E = 30
sch = torch.optim.lr_scheduler.OneCycleLR(opt, 4e-3, total_steps=E * (len(Xtr) // 64 + 1)); xt, yt = torch.tensor(Xtr), torch.tensor(ytr)
for e in range(E):
    for i in torch.randperm(len(xt)).split(64):
        im = xt[i].reshape(-1, 8, 8)
        if e < E - 3: im = torch.roll(im, (int(torch.randint(-1, 2, (1,))), ), (1,)) if torch.rand(1) < .3 else im
        loss = torch.nn.functional.cross_entropy(net.logits(im.reshape(-1, 64)), yt[i]); opt.zero_grad(); loss.backward(); opt.step(); sch.step()
net.eval()
torch.onnx.export(net, (torch.zeros(2, 64),), 'digits-cnn.onnx', input_names=['pixels'], output_names=['probabilities', 'label'], dynamic_shapes={'pixels': {0: torch.export.Dim('batch')}}, opset_version=18, external_data=False, dynamo=True)
res = {}
for n in ('digits-logreg', 'digits-cnn'):
    s = ort.InferenceSession(n + '.onnx'); p, l = s.run(None, {'pixels': Xte}); res[n] = {'test_accuracy': round(float((l == yte).mean()), 4), 'wrong': int((l != yte).sum()), 'n_test': len(yte), 'io': [(i.name, i.type, i.shape) for i in s.get_inputs()] + [(i.name, i.type, i.shape) for i in s.get_outputs()]}
json.dump({'description': 'held-out test split of scikit-learn digits (stratified, random_state=0)', 'shape': [len(yte), 64], 'labels': yte.tolist(), 'pixels': Xte.astype(int).tolist()}, open('digits-test.json', 'w'), separators=(',', ':'))
json.dump(res, open('accuracy.json', 'w'), indent=1); print(json.dumps(res, indent=1))
